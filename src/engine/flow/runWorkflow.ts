/** Runs a workflow beneath a node or as the run: its graph, or its body where it is a flow. */
import * as Effect from "effect/Effect"
import type { Plan } from "../../plan/Plan.ts"
import { isRunOver, isScopeOver, wasCut } from "../../run/followed.ts"
import { isFailure } from "../../run/Phase.ts"
import { runGraph } from "../graph/graph.ts"
import { undo } from "../graph/undo.ts"
import type { LiveNode } from "../Live.ts"
import type { NodeEnd } from "../node/NodeEnd.ts"
import { runFlowBody } from "./flowBody.ts"

/** Runs a workflow; `prefix` is the path its nodes hang under in attempt `number`. */
export const runWorkflow = (
  live: LiveNode,
  plan: Plan,
  input: unknown,
  prefix: string,
  number: number
): Effect.Effect<NodeEnd> => {
  live.undoesNothing = !plan.workflow.compensates
  if (live.run.takenOver && isOver(live, prefix)) goOnlyBack(live, plan, prefix)
  return plan.workflow.flow === undefined
    ? runGraph(live, plan, input, prefix)
    : runFlowBody(live, plan.workflow, input, number)
}

const isOver = ({ run: { ledger: { nodes, row }, undoneBefore } }: LiveNode, prefix: string): boolean =>
  prefix === "" ? isRunOver(row, nodes) : isScopeOver(prefix, undoneBefore, nodes)

/** Nothing of it begins any more; a flow tells by itself how far it had come. */
const goOnlyBack = (live: LiveNode, plan: Plan, prefix: string): void => {
  if (plan.workflow.flow !== undefined) live.isOver = true
  else if (wasCut(plan, prefix, live.run.ledger.nodes)) live.stopping ??= "Timeout"
}

/** The same beneath a node: what does not work out is undone at once, also where others go on. */
export const runNested: typeof runWorkflow = (live, plan, input, prefix, number) =>
  Effect.tap(
    runWorkflow(live, plan, input, prefix, number),
    (end) => isFailure(end.phase) ? undo(live, plan, prefix, end) : Effect.void
  )
