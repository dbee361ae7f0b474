/** The node that a container is for, and what its mapping and its list are asked. */
import type { Plan, PlanNode } from "../../plan/Plan.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import { indexName } from "../reads.ts"
import type { ExecRequest } from "./ExecRequest.ts"
import { bindingsOf, nodeIn, planAt } from "./scope.ts"

/** A node in its plan. */
export interface Located {
  readonly plan: Plan
  readonly node: PlanNode
}

/** The node that a path names. */
export const locate = (workflow: AnyWorkflow, { path }: ExecRequest): Located => {
  const plan = planAt(workflow, path.slice(0, -1))
  return { plan, node: nodeIn(plan, path.at(-1)!) }
}

/** What the mapping of a node gives, as it is asked by the engine. */
export const boundIn = ({ node, plan }: Located, request: ExecRequest): () => unknown => {
  const bindings = bindingsOf(plan, request.parameters)
  const index = request.parameters[indexName]
  return () => {
    if (index === undefined) return node.def.bind(bindings.of(node), bindings.input)
    const item = itemsOf({ node, plan }, request)[Number(index)]
    return node.def.bind(bindings.of(node), bindings.input, item, Number(index))
  }
}

/** The list of a map. Throws where it is none. */
export const itemsOf = ({ node, plan }: Located, { parameters }: ExecRequest): ReadonlyArray<unknown> => {
  const items = bindingsOf(plan, parameters).resolve(node.def.map!.items)
  if (!Array.isArray(items)) throw new TypeError("its items are not a list")
  return items
}
