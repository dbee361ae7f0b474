/** A dialog that does one thing: what it would do, the command that does the same, and the button that does it. */
import { useSignal } from "@preact/signals"
import type { ComponentChildren } from "preact"
import { useLayoutEffect, useRef } from "preact/hooks"
import { Problem, wordsOf } from "../../api/Client.ts"
import { actAnew } from "../../api/connection.ts"
import { tell } from "../../app/Toasts.tsx"
import { Command } from "../../parts/Command.tsx"
import { Dialog } from "../../parts/Dialog.tsx"
import { Banner } from "../../parts/Notice.tsx"
import type { Answered } from "../../state/act.ts"
import { go } from "../../state/route.ts"
import { dialog } from "./scene.ts"

const close = (): void => void (dialog.value = undefined)

/** What was done: what is said of it, and where it can be seen. */
export interface Done {
  readonly said: string
  readonly at: ReadonlyArray<string>
}

interface FormProps {
  readonly title: string
  readonly verb: string
  /** The command that does the same; none where no command does. */
  readonly command: ReadonlyArray<string> | undefined
  readonly tone?: "primary" | "danger"
  readonly isReady?: boolean
  readonly wide?: boolean
  readonly children?: ComponentChildren
  /** Does it; answers what is said of it. */
  readonly onDo: () => Promise<string | Done>
}

/** What is said of what went wrong; what became of a request that got no answer is not known, but it is done once. */
export const faultOf = (error: unknown): string =>
  error instanceof Problem && error.status === 0
    ? `No answer came, so it may have been done. Pressed again here, it is not done twice. ${wordsOf(error)}`
    : wordsOf(error)

/** Says what came of it and goes there, for those who wait for it; whoever has left is only told. */
const finish = (done: string | Done, isWaiting: boolean): void => {
  const { at, said } = typeof done === "string" ? { at: undefined, said: done } : done
  tell(said)
  if (!isWaiting) return
  close()
  if (at !== undefined) go({ path: at, query: {} })
}

/** A dialog that does one thing; what is refused is said in it, or beside the page once it was left. */
export const ActionDialog = (
  { children, command, isReady = true, onDo, title, tone = "primary", verb, wide = false }: FormProps
) => {
  const isBusy = useSignal(false)
  const problem = useSignal("")
  const form = useRef<HTMLFormElement>(null)
  const isTouched = useRef(false)
  useLayoutEffect(() => {
    // Until somebody chooses: what is to be filled in, once it is there; else what does it, unless that is dangerous.
    const [cancel, submit] = form.current!.querySelectorAll<HTMLElement>("footer button")
    if (isTouched.current || document.activeElement !== cancel) return
    const field = form.current!.querySelector<HTMLElement>(".dialog-body :is(input, textarea, select)")
    if (field !== null) field.focus()
    else if (isReady && tone === "primary") submit!.focus()
  })
  useLayoutEffect(actAnew, [])
  const touch = (): void => void (isTouched.current = true)
  const act = async (): Promise<void> => {
    if (isBusy.peek()) return
    const own = dialog.peek()
    // Whoever left it may have opened another one meanwhile.
    const isWaiting = (): boolean => dialog.peek() === own
    isBusy.value = true
    problem.value = ""
    try {
      finish(await onDo(), isWaiting())
    } catch (error) {
      if (isWaiting()) problem.value = faultOf(error)
      else tell(`${title}: ${faultOf(error)}`, "error")
    } finally {
      isBusy.value = false
    }
  }
  return (
    <Dialog title={title} onClose={close} wide={wide}>
      <form
        ref={form}
        onKeyDown={touch}
        onPointerDown={touch}
        onSubmit={(event) => {
          event.preventDefault()
          void act()
        }}
      >
        <div class="dialog-body">
          {children}
          {problem.value !== "" && <Banner tone="error">{problem.value}</Banner>}
          {command !== undefined && (
            <>
              <p class="same faint">The same in a terminal:</p>
              <Command args={command} />
            </>
          )}
        </div>
        <footer>
          <button type="button" onClick={close}>Cancel</button>
          <button type="submit" class={tone} disabled={!isReady || isBusy.value} aria-busy={isBusy.value}>
            {isBusy.value ? `${verb} …` : verb}
          </button>
        </footer>
      </form>
    </Dialog>
  )
}

/** What was answered; a refusal is an error. */
export const accepted = async (answer: Promise<Answered>, otherwise: string): Promise<string> => {
  const { message, ok } = await answer
  if (!ok) throw new Error(message)
  return message || otherwise
}

/** A run that was started. */
export const begun = ({ id }: { readonly id: string }): Done => ({ said: `Run ${id} has begun`, at: ["runs", id] })
