/** The one input of the filter language, with the keys it knows. */
import { useSignal } from "@preact/signals"
import { useId, useRef } from "preact/hooks"
import { Icon } from "./Icon.tsx"
import { useTyped } from "./useTyped.ts"

interface Props {
  readonly value: string
  readonly onChange: (text: string) => void
  readonly label: string
  readonly keys: ReadonlyArray<readonly [key: string, about: string]>
}

/** The input; `/` goes to it, Escape empties and leaves it. */
export const FilterBox = ({ keys, label, onChange, value }: Props) => {
  const { say, text } = useTyped(value, onChange, 150)
  const isIn = useSignal(false)
  const list = useId()
  const input = useRef<HTMLInputElement>(null)
  const typed = /(?:^|\s)-?([a-z]*)$/i.exec(text.value)?.[1]?.toLowerCase()
  const fitting = typed === undefined || (typed === "" && text.value !== "")
    ? []
    : keys.filter(([key]) => key.startsWith(typed))
  const take = (key: string): void => {
    text.value = text.value.replace(/[a-z]*$/i, "") + key
    input.current?.focus()
  }
  return (
    <div class="filter" role="search">
      <Icon sign="search" size={15} />
      <input
        ref={input}
        type="search"
        data-filter
        value={text.value}
        placeholder={label}
        aria-label={label}
        aria-controls={isIn.value && fitting.length > 0 ? list : undefined}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => void (text.value = event.currentTarget.value)}
        onFocus={() => void (isIn.value = true)}
        onBlur={() => setTimeout(() => void (isIn.value = false), 150)}
        onKeyDown={(event) => {
          event.stopPropagation()
          if (event.key === "Escape") {
            say("")
            event.currentTarget.blur()
          } else if (event.key === "Enter") say(text.value)
          else if (
            event.key === "Tab" && !event.shiftKey && typed !== "" && fitting.length === 1 && fitting[0]![0] !== typed
          ) {
            event.preventDefault()
            take(fitting[0]![0])
          }
        }}
      />
      <kbd aria-hidden="true">/</kbd>
      {isIn.value && fitting.length > 0 && (
        <ul class="filter-keys" id={list}>
          {fitting.map(([key, about]) => (
            <li key={key}>
              <button
                type="button"
                tabIndex={-1}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => take(key)}
              >
                <code>{key}</code>
                <span>{about}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
