/** What stands above the list of runs, and in its place where it is empty. */
import { valuesOf, withTerm } from "../../filter/filter.ts"
import { Copy } from "../../parts/Command.tsx"
import { Empty } from "../../parts/Notice.tsx"
import { PhaseDot } from "../../parts/Phase.tsx"
import { show } from "../../state/route.ts"
import { counts } from "../../state/runs.ts"
import { grouped } from "../../state/words.ts"
import { PHASES } from "../../../run/Phase.ts"

/** How many are in which phase; a press narrows the filter to it. */
export const PhaseChips = ({ filter }: { readonly filter: string }) => {
  const chosen = valuesOf(filter, "phase").map((it) => it.toLowerCase())
  return (
    <div class="chips" role="group" aria-label="Phases">
      {PHASES.filter((it) => (counts.value[it] ?? 0) > 0 || chosen.includes(it.toLowerCase())).map((phase) => {
        const isChosen = chosen.includes(phase.toLowerCase())
        const rest = PHASES.filter((it) => it === phase ? !isChosen : chosen.includes(it.toLowerCase()))
        return (
          <button
            key={phase}
            type="button"
            class={`chip tone-${phase.toLowerCase()}`}
            aria-pressed={isChosen}
            onClick={() => show({ q: withTerm(filter, "phase", rest) }, true)}
          >
            <PhaseDot phase={phase} />
            {phase} <b>{grouped(counts.value[phase] ?? 0)}</b>
          </button>
        )
      })}
    </div>
  )
}

/** Nothing is there, or nothing fits. */
export const Nothing = ({ filter }: { readonly filter: string }) =>
  filter !== ""
    ? (
      <Empty title="No run fits the filter" sign="search">
        <p>
          <button type="button" class="link" onClick={() => show({ q: "" })}>Clear the filter</button>
        </p>
      </Empty>
    )
    : (
      <Empty title="No runs yet" sign="runs">
        <p>Start one in a terminal; it shows up here at once.</p>
        <div class="command">
          <code>pinnace run workflow.yaml</code>
          <Copy text="pinnace run workflow.yaml" label="Copy the command" />
        </div>
      </Empty>
    )

/** The names of the columns. */
export const RunsHead = () => (
  <div class="table-head run-row" aria-hidden="true">
    <span>Phase</span>
    <span>Run</span>
    <span>Workflow</span>
    <span>Labels and message</span>
    <span class="right">Started</span>
    <span class="right">Took</span>
  </div>
)
