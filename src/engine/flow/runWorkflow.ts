/** Runs a workflow beneath a node or as the run: its graph, or its body where it is a flow. */
import type * as Effect from "effect/Effect"
import type { Plan } from "../../plan/Plan.ts"
import { runGraph } from "../graph/graph.ts"
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
): Effect.Effect<NodeEnd> =>
  plan.workflow.flow === undefined
    ? runGraph(live, plan, input, prefix)
    : runFlowBody(live, plan.workflow, input, number)
