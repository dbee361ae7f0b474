/** Short notes of what was done; errors stay until they are closed. */
import { signal } from "@preact/signals"
import { Icon } from "../parts/Icon.tsx"

interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: "good" | "error"
}

const toasts = signal<ReadonlyArray<Toast>>([])
let count = 0

const drop = (id: number): void => void (toasts.value = toasts.value.filter((it) => it.id !== id))

/** Says something. */
export const tell = (text: string, tone: Toast["tone"] = "good"): void => {
  const id = ++count
  toasts.value = [...toasts.value.slice(-3), { id, text, tone }]
  if (tone === "good") setTimeout(() => drop(id), 6_000)
}

/** The notes. */
export const Toasts = () => (
  <div class="toasts" role="status" aria-live="polite">
    {toasts.value.map(({ id, text, tone }) => (
      <div key={id} class={`toast toast-${tone}`}>
        <Icon sign={tone === "good" ? "check" : "bang"} />
        <span>{text}</span>
        <button type="button" class="quiet icon-button" aria-label="Close" onClick={() => drop(id)}>
          <Icon sign="close" size={14} />
        </button>
      </div>
    ))}
  </div>
)
