/** What differs in a node between two runs: its values, place by place. */
import type { Json } from "../../../run/Event.ts"
import { grouped } from "../../state/words.ts"
import { jsonDiff } from "./jsonDiff.ts"

const longest = 300
const most = 200

const Side = ({ sign, value }: { readonly sign: "−" | "+"; readonly value: Json | undefined }) => {
  if (value === undefined) return null
  const text = JSON.stringify(value)
  return (
    <div class={sign === "−" ? "change-left" : "change-right"}>
      <span aria-hidden="true">{sign}</span>
      <span class="unseen">{sign === "−" ? "before" : "after"}</span>
      <code title={text.slice(0, 2_000)}>{text.length > longest ? `${text.slice(0, longest)}…` : text}</code>
    </div>
  )
}

/** The differences of one value. */
export const Changes = (
  { left, right, title }: {
    readonly title: string
    readonly left: Json | undefined
    readonly right: Json | undefined
  }
) => {
  const changes = jsonDiff(left, right, most)
  if (changes.length === 0) return null
  return (
    <section class="changes" aria-label={title}>
      <h3>{title}</h3>
      <ul>
        {changes.map(({ at, left: was, right: is }) => (
          <li key={at}>
            <code class="change-at">{at === "" ? "the value" : at}</code>
            <Side sign="−" value={was} />
            <Side sign="+" value={is} />
          </li>
        ))}
      </ul>
      {changes.length >= most && <p class="faint">The first {grouped(most)} places.</p>}
    </section>
  )
}
