/**
 * Values for nodes that do not wait yet. They are kept in the node's row, which is `Pending` until it begins, and are
 * how its wait ends once it does.
 */
import type { Plan } from "../plan/Plan.ts"
import type { NodeEvent } from "./Event.ts"
import { locate, neverIn } from "./locate.ts"
import { isHandler, parent } from "./path.ts"
import { isTerminal } from "./Phase.ts"
import type { NodeRow } from "./State.ts"

/** The most values that one run keeps for nodes that do not wait yet; together they are no larger than one payload. */
export const EARLY_MAX = 1_000

/** Whether a row holds a value that its node has not come to read. */
export const isKept = ({ phase, signalSeq }: NodeRow): boolean => phase === "Pending" && signalSeq > 0

/** Whether a node may still come to wait: it has not begun, or begins at this moment. */
export const isBefore = (row: NodeRow | undefined): boolean =>
  row === undefined || row.kind === "suspend" && row.waiting === null && !isTerminal(row.phase)

/** Why no node of this path will ever wait for a value, as the end of a sentence; `undefined` where one may. */
export const neverWaits = (plan: Plan, path: string): string | undefined => {
  const never = neverIn(plan, path)
  if (never !== undefined) {
    const { like, part } = never
    return `there is no node "${part}"${like === undefined ? "" : `; did you mean "${like}"?`}`
  }
  const place = locate(plan, path)
  if (place === undefined || place.node.def.kind === "suspend" && !place.item) return undefined
  return `node "${path}" does not wait for a signal`
}

/** The path of a node above that has ended, so that nothing beneath it can come to wait any more. */
export const endedAbove = (nodes: ReadonlyMap<string, NodeRow>, path: string): string | undefined => {
  for (let at = parent(path); at !== null && at !== ""; at = parent(at)) {
    const row = nodes.get(at)
    if (row !== undefined && isTerminal(row.phase) && !isHandler(path)) return at
  }
  return undefined
}

/** The events that end what nothing came to read: to be recorded just before the run ends. */
export const unread = (nodes: ReadonlyMap<string, NodeRow>, next?: string): ReadonlyArray<NodeEvent> =>
  [...nodes.values()].filter(isKept).map(({ kind, path }) => ({
    type: "NodeFinished",
    path,
    kind,
    ending: {
      phase: "Omitted",
      reason: "Depends",
      message: next === undefined
        ? "It was given a value that nothing waited for"
        : `Its value is kept for run "${next}"`
    }
  }))
