/** The runs of the state file. */
import { useSignal } from "@preact/signals"
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks"
import { hear, standing, tries } from "../../api/connection.ts"
import { takeKeys } from "../../app/keys.ts"
import { runKeys } from "../../filter/runQuery.ts"
import { FilterBox } from "../../parts/FilterBox.tsx"
import { Banner, Loading } from "../../parts/Notice.tsx"
import { VirtualList } from "../../parts/VirtualList.tsx"
import { isNarrow } from "../../state/narrow.ts"
import { asked, go, show } from "../../state/route.ts"
import { arrived, changed, counts, listChanged, load, more, next, problem, rows, stage } from "../../state/runs.ts"
import { useLoaded } from "../../state/loaded.ts"
import { byRun, readStuck } from "../../state/stuck.ts"
import { grouped } from "../../state/words.ts"
import { ActOnAll } from "./BulkDialog.tsx"
import { RunHistogram } from "./Histogram.tsx"
import { Nothing, PhaseChips, RunsHead } from "./RunsParts.tsx"
import { RunRow } from "./RunRow.tsx"

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
  }, [filter, standing.value.is, tries.value])
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
        {all > 0 && <ActOnAll filter={filter} onDone={() => void load(filter)} />}
      </header>
      <div class="toolbar">
        <FilterBox value={filter} onChange={(q) => show({ q }, true)} label="Filter runs" keys={runKeys} />
        <PhaseChips filter={filter} />
      </div>
      <RunHistogram filter={filter} count={all} />
      {problem.value !== "" && (
        <Banner tone="error">
          {problem.value.replace(/\.$/, "")}.{rows.value.length > 0 && " The list below is as it was before."}
        </Banner>
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
              height={isNarrow.value ? 56 : 44}
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
