/**
 * The events that end what nothing will end by itself: all of a run
 * whose definition is gone, or nodes a new epoch did not come to.
 */
import { openBeneath } from "./beneath.ts"
import type { Ending, Event, NodeEvent } from "./Event.ts"
import { isTerminal, type Reason } from "./Phase.ts"
import { phaseFor } from "./reason.ts"
import type { NodeRow, RunRow } from "./State.ts"

const endNode = (row: NodeRow, reason: Reason, message: string): NodeEvent => {
  const phase = row.attempt === 0 ? "Omitted" : phaseFor(reason)
  return { type: "NodeFinished", path: row.path, kind: row.kind, ending: { phase, reason, message } }
}

const endOpen = (nodes: ReadonlyMap<string, NodeRow>, reason: Reason, message: string): ReadonlyArray<NodeEvent> =>
  openBeneath(nodes.values(), "").map((path) => endNode(nodes.get(path)!, reason, message))

/**
 * The events that end every open node, the deepest first, then the run;
 * none when the run has ended. Nodes that never began end `Omitted`.
 */
export const closeAll = (
  run: RunRow,
  nodes: ReadonlyMap<string, NodeRow>,
  reason: Reason,
  message: string
): ReadonlyArray<Event> => {
  if (isTerminal(run.phase)) return []
  const ending: Ending = { phase: phaseFor(reason), reason, message }
  return [...endOpen(nodes, reason, message), { type: "RunFinished", ending }]
}

const isLeftover = (row: NodeRow): boolean => row.phase === "Pending" && row.attempt === 0

/**
 * The events that end nodes which a manual retry or a migration reset and the new epoch did not begin again (a node or
 * an item that is gone, a hook that did not fire, what a stop prevented): `Omitted`, the deepest first. To be recorded
 * just before the run ends. `reason` is the one the run ends with, absent when it succeeded: with it the next manual
 * retry takes these nodes for failures and runs them, without it they count as not needed.
 */
export const leftovers = (
  nodes: ReadonlyMap<string, NodeRow>,
  reason: Reason = "Depends"
): ReadonlyArray<NodeEvent> => {
  const left = new Map([...nodes].filter(([, row]) => isLeftover(row)))
  return left.size === 0 ? [] : endOpen(left, reason, "It was not done again")
}
