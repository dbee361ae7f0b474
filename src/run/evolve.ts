/**
 * How events change the rows of a run. Applying events one by one and folding them all give the same rows, so rows can
 * be rebuilt at any time. The rules are those of `evolveRun.ts` and `evolveNode.ts`.
 */
import type { Event, NodeEvent, Recorded, RunEvent } from "./Event.ts"
import { evolveNode, resetNode } from "./evolveNode.ts"
import { createRun, evolveRun } from "./evolveRun.ts"
import type { NodeRow, RunRow } from "./State.ts"

export { evolveNode, evolveRun }

/** The rows of one run. */
export interface Rows {
  readonly run: RunRow
  readonly nodes: Map<string, NodeRow>
}

const isNodeEvent = (event: Event): event is NodeEvent => "path" in event

/**
 * Applies one event to the rows of its run; `nodes` is changed in place, `undefined` stands for a run without events.
 */
export const apply = (rows: Rows | undefined, recorded: Recorded, key: number): Rows => {
  const { at, event, run: id, seq } = recorded
  if (rows === undefined) {
    if (event.type === "RunCreated") return { run: createRun(key, id, event, at), nodes: new Map() }
    throw new TypeError(`Cannot fold the events of run ${id}: the first one is ${event.type} instead of RunCreated`)
  }
  const { nodes, run } = rows
  if (isNodeEvent(event)) {
    nodes.set(event.path, evolveNode(nodes.get(event.path), event, seq, at, key, run.epoch))
    return rows
  }
  for (const row of rowsReset(nodes, event)) nodes.set(row.path, row)
  return { run: evolveRun(run, event, seq, at), nodes }
}

/** Paths of the nodes that an event makes as if they had never begun. */
export const resetBy = (event: Event): ReadonlyArray<string> =>
  event.type === "RunRetried" ? event.reset : event.type === "RunMigrated" ? event.lost?.reset ?? [] : []

/** The rows of nodes that an event of their run changes. What a migration keeps is part of the epoch that goes on. */
export const rowsReset = (nodes: ReadonlyMap<string, NodeRow>, event: RunEvent): ReadonlyArray<NodeRow> => {
  const paths = resetBy(event)
  const epoch = event.type === "RunRetried" ? event.epoch : event.type === "RunMigrated" ? event.lost?.epoch : undefined
  if (epoch === undefined) return []
  const reset = paths.flatMap((path) => {
    const row = nodes.get(path)
    return row === undefined ? [] : [resetNode(row, epoch)]
  })
  if (event.type === "RunRetried") return reset
  const gone = new Set(paths)
  const kept = [...nodes.values()].filter((row) => row.epoch === epoch - 1 && !gone.has(row.path))
  return [...reset, ...kept.map((row) => ({ ...row, epoch }))]
}

/**
 * The rows that the events of one run give, from its first event
 * on; throws a `TypeError` when the first one is not `RunCreated`.
 */
export const fold = (events: ReadonlyArray<Recorded>, key: number): Rows => {
  let rows: Rows | undefined
  for (const recorded of events) rows = apply(rows, recorded, key)
  if (rows === undefined) throw new TypeError("Cannot fold a run without events")
  return rows
}
