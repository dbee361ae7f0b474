/** A field whose text is looked for a moment after the last key. */
import { Icon } from "./Icon.tsx"
import { useTyped } from "./useTyped.ts"

/** The field; `/` goes to it. */
export const SearchBox = (
  { label, onChange, value }: {
    readonly value: string
    readonly label: string
    readonly onChange: (text: string) => void
  }
) => {
  const { say, text } = useTyped(value, onChange, 250)
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
            say("")
            event.currentTarget.blur()
          }
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </div>
  )
}
