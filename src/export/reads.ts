/**
 * What a node reads of others, and the parameters that carry it: `input` is that of the workflow, `s3` the status and
 * `e3` the end of the node at place 3 of its plan. Export writes these names, `exec-node` reads them.
 */
import type { Plan, PlanNode } from "../plan/Plan.ts"
import type { AnyRef } from "../workflow/Definition.ts"

/** The input of the workflow around a node, in its JSON form. */
export const inputName = "input"

/** The place of an item in the list of a map. */
export const indexName = "index"

/** The status of a node. */
export const statusName = (index: number): string => `s${index}`

/** How a node ended. */
export const endName = (index: number): string => `e${index}`

/** Places of the nodes whose values a node reads, ascending. */
export const readsOf = (plan: Plan, { def }: PlanNode): ReadonlyArray<number> =>
  placesIn(plan, [...Object.values(def.needs), ...def.map === undefined ? [] : [def.map.items]])

/** Places of the nodes that the result of a workflow is made of, ascending. */
export const readsOfResult = (plan: Plan): ReadonlyArray<number> =>
  placesIn(plan, plan.workflow.result === undefined ? [] : [plan.workflow.result])

/** The names of the parameters that carry some nodes, the input of their workflow first. */
export const parametersOf = (reads: ReadonlyArray<number>): ReadonlyArray<string> => [
  inputName,
  ...reads.flatMap((index) => [statusName(index), endName(index)])
]

const placesIn = (plan: Plan, refs: ReadonlyArray<AnyRef>): ReadonlyArray<number> =>
  [...new Set(refs.flatMap(leaves).map((name) => plan.byName.get(name)!.index))].sort((a, b) => a - b)

const leaves = (ref: AnyRef): ReadonlyArray<string> => {
  if (ref.of === "record") return Object.values(ref.fields ?? {}).flatMap(leaves)
  return (ref.of === "output" || ref.of === "outcome") && ref.node !== undefined ? [ref.node] : []
}
