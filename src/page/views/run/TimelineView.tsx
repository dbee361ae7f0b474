/** Where the time went: a row for each node that took some. */
import { useSignal } from "@preact/signals"
import { useLayoutEffect, useMemo, useRef } from "preact/hooks"
import { takeKeys } from "../../app/keys.ts"
import { nodeFields, nodeKeys } from "../../filter/nodeFields.ts"
import { matches, parse } from "../../filter/filter.ts"
import { FilterBox } from "../../parts/FilterBox.tsx"
import { Empty } from "../../parts/Notice.tsx"
import { now } from "../../state/clock.ts"
import { asked, show } from "../../state/route.ts"
import { TimelineCanvas, useTimeView } from "../../timeline/TimelineCanvas.tsx"
import { TimeMap } from "../../timeline/TimeMap.tsx"
import { CriticalPart } from "./CriticalPart.tsx"
import { criticalOf, rowsOf, scaleOf } from "../../timeline/rows.ts"
import type { RunScene } from "./scene.ts"
import { total } from "../../../view/timeline.ts"

const Legend = ({ hasGone }: { readonly hasGone: boolean }) => (
  <ul class="legend" aria-label="What the bars mean">
    <li class="tone-succeeded">
      <i class="plain" />works
    </li>
    <li class="tone-wait">
      <i class="striped" />waits for a permit
    </li>
    <li class="tone-failed">
      <i class="dotted" />waits to retry
    </li>
    <li class="tone-ask">
      <i class="lined" />waits
    </li>
    {hasGone && (
      <li class="tone-skipped">
        <i class="crossed" />cut off with its process
      </li>
    )}
  </ul>
)

const none: ReadonlySet<string> = new Set()

/** The clock, which moves the less often the longer it takes to follow it. */
const clockOf = ({ at, cost }: { readonly at: number; readonly cost: number }): number =>
  now.value - at < cost * 10 ? at : now.value

/** The view. */
export const TimelineView = ({ scene }: { readonly scene: RunScene }) => {
  const { run } = scene
  const { move, range, reset, view, zoom } = useTimeView()
  const isCritical = useSignal(false)
  const opened = useSignal<ReadonlySet<number>>(new Set())
  const filter = asked("q")
  const node = asked("node")
  const read = useRef({ at: 0, cost: 0 })
  const at = scene.isOpen && scene.isLive
    ? clockOf(read.current)
    : run.finishedAt || scene.open.history.events[scene.seq - 1]!.at
  const isInterrupted = scene.isOpen && scene.isLive && scene.open.causes.value.some(({ kind }) => kind === "unowned")
  const all = useMemo(() => {
    const began = performance.now()
    const found = rowsOf(scene, at, isInterrupted)
    read.current = { at, cost: performance.now() - began }
    return found
  }, [run, at, isInterrupted])
  const hasGone = useMemo(() => all.some(({ stretches }) => total(stretches, "gone") > 0), [all])
  const rows = useMemo(() => {
    const terms = parse(filter)
    return terms.length === 0 ? all : all.filter((it) => matches(terms, nodeFields(it.node, at)))
  }, [all, filter])
  const from = run.startedAt || run.createdAt
  const parts = useMemo(() => scaleOf(rows, from, Math.max(at, from + 1), opened.value), [rows, opened.value])
  const critical = useMemo(
    () => isCritical.value ? criticalOf(scene, at, all) : undefined,
    [run, isCritical.value]
  )
  const step = (by: number): void => {
    const index = rows.findIndex((it) => it.node.path === node) + by
    const to = rows[Math.max(0, Math.min(rows.length - 1, index))]
    if (to !== undefined) show({ node: to.node.path }, node !== "")
  }
  const toggle = (): void => void (isCritical.value = !isCritical.value)
  useLayoutEffect(() =>
    takeKeys({
      j: () => step(1),
      k: () => step(-1),
      c: toggle,
      "+": () => zoom(1.4),
      "-": () => zoom(1 / 1.4),
      "0": reset,
      ArrowRight: () => move(80),
      ArrowLeft: () => move(-80)
    }), [rows, node])
  return (
    <div class="timeline-view">
      <div class="toolbar">
        <FilterBox value={filter} onChange={(q) => show({ q }, true)} label="Filter nodes" keys={nodeKeys} />
        <button type="button" aria-pressed={isCritical.value} title="Critical path (c)" onClick={toggle}>
          Critical path
        </button>
        <Legend hasGone={hasGone} />
        <div class="grow" />
        <div class="zoom-tools">
          <button type="button" class="icon-button" aria-label="Smaller" title="Smaller (-)" onClick={() => zoom(0.5)}>
            −
          </button>
          <button type="button" class="icon-button" aria-label="Larger" title="Larger (+)" onClick={() => zoom(2)}>
            +
          </button>
          <button type="button" title="Show all (0)" onClick={reset}>Fit</button>
        </div>
      </div>
      {critical !== undefined && critical.bars.length > 0 && (
        <CriticalPart critical={critical} rows={all} scene={scene} took={at - from} />
      )}
      {rows.length === 0
        ? <Empty title={filter === "" ? "Nothing took time yet" : "No node fits the filter"} sign="clock" />
        : (
          <>
            <TimeMap rows={rows} parts={parts} view={view} range={range} reset={reset} />
            <TimelineCanvas
              rows={rows}
              parts={parts}
              chosen={node}
              critical={critical?.paths ?? none}
              view={view}
              move={move}
              zoom={zoom}
              range={range}
              onChoose={(row) => show({ node: row.node.path })}
              onUnfold={(it) => void (opened.value = new Set(opened.value).add(it))}
            />
          </>
        )}
    </div>
  )
}
