/** What differs between the definitions of two runs. */
import { get } from "../../api/connection.ts"
import { useLoaded } from "../../state/loaded.ts"
import { counted } from "../../state/words.ts"
import { linesOfFiles, linesOfPlan } from "./definitionText.ts"
import { hunksOf, type Line, lineDiff } from "./lineDiff.ts"

const around = 3

const linesOf = async (run: string): Promise<ReadonlyArray<string>> => {
  const path = `/runs/${encodeURIComponent(run)}`
  const kept = await get<{ readonly text: string } | null>(`${path}/definition`)
  if (kept !== null) return linesOfFiles(kept.text)
  const plan = await get<string | null>(`${path}/plan`)
  return plan === null ? [] : linesOfPlan(plan)
}

const compared = async (left: string, right: string): Promise<ReadonlyArray<Line>> => {
  const [was, is] = await Promise.all([linesOf(left), linesOf(right)])
  // A run of which none is kept tells nothing.
  return was.length === 0 || is.length === 0 ? [] : lineDiff(was, is)
}

const OneLine = ({ line: { sign, text } }: { readonly line: Line }) => (
  <div class={sign === " " ? "line-same" : sign === "+" ? "change-right" : "change-left"}>
    <span aria-hidden="true">{sign}</span>
    {sign !== " " && <span class="unseen">{sign === "+" ? "after" : "before"}</span>}
    <code>{text}</code>
  </div>
)

/** The difference; nothing where both are the same. */
export const DefinitionDiff = ({ left, right }: { readonly left: string; readonly right: string }) => {
  const { value } = useLoaded(`${left}\n${right}`, () => compared(left, right))
  const lines = value.value ?? []
  const [added, gone] = ["+", "−"].map((it) => lines.filter(({ sign }) => sign === it).length)
  if (added === 0 && gone === 0) return null
  return (
    <details class="definition-diff">
      <summary>
        The definition differs: {counted(added!, "line")} added, {gone} removed
      </summary>
      <div class="line-diff" tabIndex={0} role="region" aria-label="How the definition differs">
        {hunksOf(lines, around).map(({ lines, skipped }, at) => (
          <div key={at}>
            {skipped > 0 && <p class="faint">{counted(skipped, "line")} as before</p>}
            {lines.map((line, index) => <OneLine key={index} line={line} />)}
          </div>
        ))}
      </div>
    </details>
  )
}
