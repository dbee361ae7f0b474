/** Which node of a plan a path names. */
import type { Plan, PlanNode } from "../plan/Plan.ts"
import { baseOf, child, holder, isHandler, isItem } from "./path.ts"

/**
 * A place in a plan: its node, the prefix its graph's nodes hang beneath, and whether the path is an item of the node.
 */
export interface Place {
  readonly node: PlanNode
  readonly prefix: string
  readonly item: boolean
}

const nameOf = (segment: string): string => {
  const bracket = segment.indexOf("[")
  return bracket < 0 ? segment : segment.slice(0, bracket)
}

const find = (plan: Plan, path: string): PlanNode | undefined => {
  let graph: Plan | undefined = plan
  let node: PlanNode | undefined
  for (const segment of baseOf(path).split("/")) {
    node = graph?.byName.get(nameOf(segment))
    graph = node?.plan
  }
  return node
}

/**
 * The place of a node or item, attempt marks ignored; `undefined`
 * for handlers, and for nodes that a task's body started by itself.
 */
export const locate = (plan: Plan, path: string): Place | undefined => {
  if (path === "" || isHandler(path)) return undefined
  const node = find(plan, path)
  if (node === undefined) return undefined
  const item = isItem(path)
  return { node, prefix: holder(item ? holder(path)! : path)!, item }
}

/** The path of another node of the same graph. */
export const sibling = (place: Place, node: PlanNode): string => child(place.prefix, node.name)
