/** A dialog: it takes the focus, keeps it, and gives it back; Escape leaves it. */
import type { ComponentChildren } from "preact"
import { useLayoutEffect, useRef } from "preact/hooks"
import { Icon } from "./Icon.tsx"

interface Props {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
  readonly wide?: boolean
}

/** What has the focus at first: what is to be filled in, else the button that does it, unless that is dangerous. */
const first = ".dialog-body :is(input, textarea, select), .primary[type=submit]:not(:disabled), footer button"

/** The dialog. */
export const Dialog = ({ children, onClose, title, wide = false }: Props) => {
  const box = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null
    const shown = box.current!
    shown.showModal()
    shown.querySelector<HTMLElement>(first)?.focus()
    // What opened it may be gone, as an item of a menu: then nothing has the focus.
    const isKept = (): boolean => before?.isConnected === true && before !== document.body
    return () => {
      // Nothing outside takes the focus while it is open.
      shown.close()
      ;(isKept() ? before : document.getElementById("main"))?.focus()
    }
  }, [])
  return (
    <dialog
      ref={box}
      class={wide ? "dialog wide" : "dialog"}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (event.target === box.current) onClose()
      }}
    >
      <div class="dialog-box">
        <header>
          <h2>{title}</h2>
          <button type="button" class="quiet icon-button" onClick={onClose} aria-label="Close">
            <Icon sign="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}
