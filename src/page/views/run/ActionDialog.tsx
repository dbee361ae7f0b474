/** A dialog that does one thing: what it would do, the command that does the same, and the button that does it. */
import { useSignal } from "@preact/signals"
import type { ComponentChildren } from "preact"
import { useLayoutEffect, useRef } from "preact/hooks"
import { wordsOf } from "../../api/Client.ts"
import { tell } from "../../app/Toasts.tsx"
import { Command } from "../../parts/Command.tsx"
import { Dialog } from "../../parts/Dialog.tsx"
import { Banner } from "../../parts/Notice.tsx"
import type { Answered } from "../../state/act.ts"
import { dialog } from "./scene.ts"

const close = (): void => void (dialog.value = undefined)

interface FormProps {
  readonly title: string
  readonly verb: string
  readonly command: ReadonlyArray<string>
  readonly tone?: "primary" | "danger"
  readonly isReady?: boolean
  readonly wide?: boolean
  readonly children?: ComponentChildren
  /** Does it; answers what is said of it. */
  readonly onDo: () => Promise<string>
}

/** A dialog that does one thing; what is refused is said in it. */
export const ActionDialog = (
  { children, command, isReady = true, onDo, title, tone = "primary", verb, wide = false }: FormProps
) => {
  const isBusy = useSignal(false)
  const problem = useSignal("")
  const form = useRef<HTMLFormElement>(null)
  useLayoutEffect(() => {
    // Enter does it as soon as it can be done, unless something was chosen before; what is dangerous is gone to.
    const [cancel, submit] = form.current!.querySelectorAll<HTMLElement>("footer button")
    if (isReady && tone === "primary" && document.activeElement === cancel) submit!.focus()
  }, [isReady])
  const act = async (): Promise<void> => {
    const own = dialog.peek()
    isBusy.value = true
    problem.value = ""
    try {
      tell(await onDo())
      // Whoever left it may have opened another one meanwhile.
      if (dialog.peek() === own) close()
    } catch (error) {
      problem.value = wordsOf(error)
    } finally {
      isBusy.value = false
    }
  }
  return (
    <Dialog title={title} onClose={close} wide={wide}>
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault()
          void act()
        }}
      >
        <div class="dialog-body">
          {children}
          {problem.value !== "" && <Banner tone="error">{problem.value}</Banner>}
          <p class="same faint">The same in a terminal:</p>
          <Command args={command} />
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
