/** The runs of the state file. */
import { useSignal } from "@preact/signals"
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks"
import { hear, standing } from "../../api/connection.ts"
import { takeKeys } from "../../app/keys.ts"
import { valuesOf, withTerm } from "../../filter/filter.ts"
import { runKeys } from "../../filter/runQuery.ts"
import { Copy } from "../../parts/Command.tsx"
import { FilterBox } from "../../parts/FilterBox.tsx"
import { Banner, Empty, Loading } from "../../parts/Notice.tsx"
import { PhaseDot } from "../../parts/Phase.tsx"
import { VirtualList } from "../../parts/VirtualList.tsx"
import { asked, go, show } from "../../state/route.ts"
import { arrived, changed, counts, listChanged, load, more, next, problem, rows, stage } from "../../state/runs.ts"
import { useLoaded } from "../../state/loaded.ts"
import { byRun, readStuck } from "../../state/stuck.ts"
import { grouped } from "../../state/words.ts"
import { PHASES } from "../../../run/Phase.ts"
import { RunRow } from "./RunRow.tsx"

const PhaseChips = ({ filter }: { readonly filter: string }) => {
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

const Nothing = ({ filter }: { readonly filter: string }) =>
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

const RunsHead = () => (
  <div class="table-head run-row" aria-hidden="true">
    <span>Phase</span>
    <span>Run</span>
    <span>Workflow</span>
    <span>Labels and message</span>
    <span class="right">Started</span>
    <span class="right">Took</span>
  </div>
)

/** The page. */
export const RunsPage = () => {
  const filter = asked("q")
  const at = useSignal(0)
  const top = useRef(0)
  useEffect(() => {
    document.title = "Runs · Pinnace"
  }, [])
  useEffect(() => {
    if (standing.value.is === "live" || standing.value.is === "connecting") void load(filter)
  }, [filter, standing.value.is])
  useEffect(() =>
    hear((it) => {
      const isAtTop = (): boolean => top.current < 10
      if (it.t === "run") changed(it.run, isAtTop)
      if (it.t === "list") listChanged(isAtTop)
    }), [])
  useLayoutEffect(() =>
    takeKeys({
      j: () => void (at.value = Math.min(rows.value.length - 1, at.value + 1)),
      k: () => void (at.value = Math.max(0, at.value - 1)),
      Enter: () => {
        const run = rows.value[at.value]
        if (run !== undefined) go({ path: ["runs", run.id], query: {} })
      }
    }), [])
  const open = (counts.value.Running ?? 0) + (counts.value.Pending ?? 0)
  // With very many open runs, what each waits for would cost more than it tells.
  const stuck = useLoaded(
    `${open > 0 && open <= 500}`,
    () => open > 0 && open <= 500 ? readStuck() : Promise.resolve([]),
    true
  )
  const waiting = useMemo(() => byRun(stuck.value.value ?? []), [stuck.value.value])
  const all = Object.values(counts.value).reduce((sum, it) => sum + (it ?? 0), 0)
  return (
    <section class="page runs-page" aria-labelledby="runs-title">
      <header class="page-head">
        <h1 id="runs-title">Runs</h1>
        {stage.value !== "loading" && <span class="faint total">{grouped(all)}</span>}
        <div class="grow" />
      </header>
      <div class="toolbar">
        <FilterBox value={filter} onChange={(q) => show({ q }, true)} label="Filter runs" keys={runKeys} />
        <PhaseChips filter={filter} />
      </div>
      {problem.value !== "" && (
        <Banner tone="error">{problem.value}{rows.value.length > 0 && " The list below is as it was before."}</Banner>
      )}
      {arrived.value > 0 && (
        <button
          type="button"
          class="pill"
          onClick={() => {
            document.querySelector(".runs-page .virtual")!.scrollTop = 0
            void load(filter)
          }}
        >
          {arrived.value === 1 ? "1 new run" : `${arrived.value} new runs`}
        </button>
      )}
      {stage.value === "loading" && problem.value === ""
        ? <Loading label="Reading the runs" rows={10} />
        : rows.value.length === 0
        ? problem.value === "" && <Nothing filter={filter} />
        : (
          <div class={`table runs-table ${stage.value === "old" ? "old" : ""}`}>
            <VirtualList
              items={rows.value}
              height={44}
              keyOf={(run) => run.id}
              reveal={at.value}
              label="Runs"
              head={<RunsHead />}
              onScroll={(it) => void (top.current = it)}
              onNearEnd={next.value === undefined ? undefined : () => void more()}
            >
              {(run, index) => (
                <RunRow
                  run={run}
                  stuck={run.finishedAt === undefined ? waiting.get(run.id) : undefined}
                  isChosen={index === at.value}
                  onChoose={() => void (at.value = index)}
                />
              )}
            </VirtualList>
          </div>
        )}
    </section>
  )
}
