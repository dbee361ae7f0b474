/** A field whose text is looked for a moment after the last key. */
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { Icon } from "./Icon.tsx"

/** The field; `/` goes to it. */
export const SearchBox = (
  { label, onChange, value }: {
    readonly value: string
    readonly label: string
    readonly onChange: (text: string) => void
  }
) => {
  const text = useSignal(value)
  useEffect(() => void (text.value = value), [value])
  useEffect(() => {
    if (text.value === value) return
    const timer = setTimeout(() => onChange(text.value), 250)
    return () => clearTimeout(timer)
  }, [text.value])
  return (
    <div class="filter" role="search">
      <Icon sign="search" size={15} />
      <input
        type="search"
        data-filter
        value={text.value}
        placeholder={label}
        aria-label={label}
        spellcheck={false}
        onInput={(event) => void (text.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          event.stopPropagation()
          if (event.key === "Escape") {
            onChange("")
            event.currentTarget.blur()
          }
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </div>
  )
}
