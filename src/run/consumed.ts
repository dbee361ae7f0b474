/** Which failures of a graph nobody took up: those a manual retry has to run again. */
import type { Plan } from "../plan/Plan.ts"
import { continuesOn, topological } from "./graph.ts"
import { isTerminal } from "./Phase.ts"
import { failureOf } from "./reason.ts"
import type { NodeRow } from "./State.ts"

const isOpenOrFailed = (row: NodeRow): boolean => !isTerminal(row.phase) || failureOf(row) !== undefined

// Passes on what came in: it did not run, or nothing is known of it.
const inherits = (row: NodeRow | undefined): boolean =>
  row === undefined || ((row.phase === "Skipped" || row.phase === "Omitted") && failureOf(row) === undefined)

/**
 * The indexes of nodes that failed (or are still open) and whose failure was not consumed. A failure is consumed when a
 * dependant succeeded, directly or behind nodes that did not run, and no other branch carries it to the graph's ending.
 */
export const unconsumed = (
  plan: Plan,
  rows: ReadonlyArray<NodeRow | undefined>
): ReadonlyArray<number> => {
  const decides = new Uint8Array(rows.length)
  const taken = new Uint8Array(rows.length)
  for (const index of plan.targets) decides[index] = 1
  for (const index of [...topological(plan)].reverse()) {
    for (const next of plan.nodes[index]!.downstream) {
      const passesOn = inherits(rows[next])
      if (passesOn && decides[next] === 1) decides[index] = 1
      if (rows[next]?.phase === "Succeeded" || (passesOn && taken[next] === 1)) taken[index] = 1
    }
  }
  return plan.nodes.filter(({ index }) => isLeft(plan, rows[index], index, decides, taken)).map(({ index }) => index)
}

const isLeft = (
  plan: Plan,
  row: NodeRow | undefined,
  index: number,
  decides: Uint8Array,
  taken: Uint8Array
): boolean => {
  if (row === undefined || !isOpenOrFailed(row)) return false
  const failure = failureOf(row)
  const forgiven = failure !== undefined && continuesOn(plan.nodes[index]!, failure)
  return taken[index] === 0 || (decides[index] === 1 && !forgiven)
}
