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

/** Shows a dialog above everything else; afterwards the focus is where it was. */
export const useModal = (wanted = first) => {
  const box = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null
    const shown = box.current!
    shown.showModal()
    shown.querySelector<HTMLElement>(wanted)?.focus()
    // What opened it may be gone, as an item of a menu: then nothing has the focus.
    const isKept = (): boolean => before?.isConnected === true && before !== document.body
    return () => {
      // Nothing outside takes the focus while it is open.
      shown.close()
      const next = isKept() ? before : document.getElementById("main")
      // A field that a browser gives the focus back to itself takes no letters.
      next?.blur()
      next?.focus()
    }
  }, [])
  return box
}

/** The dialog. */
export const Dialog = ({ children, onClose, title, wide = false }: Props) => {
  const box = useModal()
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
