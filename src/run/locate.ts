/** Which node of a plan a path names. */
import { nearest } from "../workflow/nearest.ts"
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

/**
 * The part of a path that no run of a plan can have, or `undefined` where it may: of what the body of a task starts,
 * and of handlers, only the node they belong to is known. `like` is the same part with a name that there is.
 */
export const neverIn = (plan: Plan, path: string): { readonly part: string; readonly like?: string } | undefined => {
  let graph: Plan | undefined = plan
  let above = ""
  for (const segment of withoutHandlers(baseOf(path)).split("/")) {
    if (graph === undefined || graph.workflow.flow !== undefined) return undefined
    const name = nameOf(segment)
    const node: PlanNode | undefined = graph.byName.get(name)
    const part = above + segment
    if (node === undefined) {
      const near = nearest(name, graph.byName.keys())
      return near === undefined ? { part } : { part, like: above + near + segment.slice(name.length) }
    }
    if (name !== segment && node.def.kind !== "map") return { part, like: above + name }
    above = `${part}/`
    graph = node.plan
  }
  return undefined
}

const withoutHandlers = (path: string): string => path.replace(/\.(?:onExit|hooks\.|compensate).*$/, "")

/** The path of another node of the same graph. */
export const sibling = (place: Place, node: PlanNode): string => child(place.prefix, node.name)
