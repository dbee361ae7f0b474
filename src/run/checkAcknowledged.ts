/**
 * N16: what the record accepted is what readers get. A value that a node was given is how it ends, unless the run was
 * terminated; a run that was asked to stop or terminate does not succeed; while a run is suspended nothing of its main
 * part begins.
 */
import type { Json, NodeEvent } from "./Event.ts"
import type { Invariant } from "./evidence.ts"
import { resetBy, type Rows } from "./evolve.ts"
import { locate } from "./locate.ts"
import { isHandler } from "./path.ts"

const same = (a: Json | undefined, b: Json | undefined): boolean =>
  JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

/**
 * Whether a typed node's ending is the value it was given; manifests
 * make their own ending of it, which is not looked at here.
 */
const isDelivered = (
  { ending, path }: Extract<NodeEvent, { readonly type: "NodeFinished" }>,
  value: Json,
  rows: Rows
) =>
  rows.run.stopping === "terminate" || ending.reason === "BadOutput" || isTooEarly(path, rows) ||
  (ending.phase === "Succeeded" && same(ending.output, value))

/** A value that was kept for a node that never began has nobody to read it. */
const isTooEarly = (path: string, rows: Rows): boolean => rows.nodes.get(path)?.attempt === 0

/** What interpreted nodes are shown as that do no work themselves. */
const groups = new Set(["DAG", "Retry", "Skipped", "StepGroup", "Steps", "TaskGroup"])

/** Whether an event begins work that did not run before; a composite may begin only to end. */
const begins = (event: NodeEvent, rows: Rows): boolean =>
  (event.type === "NodeStarted" && event.kind !== "workflow" && event.kind !== "map" &&
      !groups.has(event.shows?.type ?? "") ||
    event.type === "AttemptStarted" && event.rerun === 0 &&
      event.attempt !== rows.nodes.get(event.path)?.attempt) && !isHandler(event.path)

/** Checks N16. */
export const checkAcknowledged: Invariant = ({ plan }, report) => {
  const given = new Map<string, Json>()
  const isSuspend = (path: string) => plan !== undefined && locate(plan, path)?.node.def.suspend !== undefined
  return {
    see: ({ event, seq }, before) => {
      if (event.type === "RunRetried") given.clear()
      for (const path of resetBy(event)) given.delete(path)
      if (event.type === "NodeSignalled") given.set(event.path, event.value)
      if (event.type === "NodeWaiting" && event.refused !== undefined) given.delete(event.path)
      if (event.type === "RunFinished" && before.run.stopping !== null && event.ending.phase === "Succeeded") {
        report(`N16: the run succeeded (seq ${seq}) although it was asked to ${before.run.stopping}`)
      }
      if (!("path" in event)) return
      if (before.run.suspended && begins(event, before)) {
        report(`N16: ${event.path} begins (seq ${seq}) although its run is suspended`)
      }
      if (event.type !== "NodeFinished" || !given.has(event.path) || !isSuspend(event.path)) return
      if (!isDelivered(event, given.get(event.path)!, before)) {
        report(`N16: ${event.path} ended ${event.ending.phase} (seq ${seq}), not with the value it was given`)
      }
    }
  }
}
