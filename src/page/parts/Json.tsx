/** A JSON value as a tree that opens on demand; long texts and lists show their beginning. */
import { useSignal } from "@preact/signals"
import type { Json as Value } from "../../run/Event.ts"
import { counted, grouped } from "../state/words.ts"
import { Copy } from "./Command.tsx"
import { Icon } from "./Icon.tsx"

const most = 100
const longest = 2_000

const Leaf = ({ value }: { readonly value: Exclude<Value, object> }) => {
  const all = useSignal(false)
  if (typeof value !== "string") {
    return <span class={`json-${value === null ? "null" : typeof value}`}>{String(value)}</span>
  }
  const isLong = value.length > longest && !all.value
  return (
    <span class="json-string">
      "{isLong ? value.slice(0, longest) : value}"
      {isLong && (
        <button type="button" class="link" onClick={() => void (all.value = true)}>
          … {grouped(value.length - longest)} more characters
        </button>
      )}
    </span>
  )
}

const Branch = (
  { depth, name, value }: { readonly name: string | undefined; readonly value: Value & object; readonly depth: number }
) => {
  const isList = Array.isArray(value)
  const entries = Object.entries(value)
  const open = useSignal(depth < 2 && entries.length <= 50)
  const shown = useSignal(most)
  const title = isList ? counted(entries.length, "item") : counted(entries.length, "field")
  if (entries.length === 0) {
    return (
      <div class="json-row">{name !== undefined && <span class="json-key">{name}:</span>}{isList ? "[ ]" : "{ }"}</div>
    )
  }
  return (
    <div>
      <button
        type="button"
        class="json-row json-toggle"
        aria-expanded={open.value}
        onClick={() => void (open.value = !open.value)}
      >
        <Icon sign="chevron" size={12} />
        {name !== undefined && <span class="json-key">{name}:</span>} <span class="faint">{title}</span>
      </button>
      {open.value && (
        <div class="json-below">
          {entries.slice(0, shown.value).map(([key, it]) => (
            <Entry key={key} name={key} value={it as Value} depth={depth + 1} />
          ))}
          {entries.length > shown.value && (
            <button
              type="button"
              class="link json-row"
              onClick={() => void (shown.value += most * 10)}
            >
              {grouped(entries.length - shown.value)} more
            </button>
          )}
        </div>
      )}
    </div>
  )
}

const Entry = (
  { depth, name, value }: { readonly name: string | undefined; readonly value: Value; readonly depth: number }
) =>
  typeof value === "object" && value !== null ? <Branch name={name} value={value} depth={depth} /> : (
    <div class="json-row">
      {name !== undefined && <span class="json-key">{name}:</span>}
      <Leaf value={value} />
    </div>
  )

/** The value, with a button that copies it. */
export const Json = ({ label, value }: { readonly value: Value; readonly label: string }) => (
  <div class="json">
    <Copy text={JSON.stringify(value, null, 2)} label={`Copy ${label}`} />
    <Entry name={undefined} value={value} depth={0} />
  </div>
)
