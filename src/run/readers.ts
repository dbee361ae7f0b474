/** Who can still read what a node gave. Pure; errs on the side of "somebody". */
import type { Plan, PlanNode } from "../plan/Plan.ts"
import type { AnyRef, NodeDef } from "../workflow/Definition.ts"
import { locate, type Place, sibling } from "./locate.ts"
import { isHandler, parent } from "./path.ts"
import { isTerminal } from "./Phase.ts"
import type { NodeRow } from "./State.ts"

/** What is known of a run's nodes. */
export interface Standing {
  readonly plan: Plan
  readonly nodes: ReadonlyMap<string, NodeRow>
  /** Whether a node and its handlers have ended. */
  readonly isOver: (path: string) => boolean
}

/**
 * The path of a node that has yet to end before nobody can read the output of this one: itself, one downstream of it,
 * or, where its value may leave its graph as the graph's result, one downstream of the node the graph belongs to. `""`
 * is the run: what may be in its result can be read until it ends.
 */
export const openReader = (standing: Standing, path: string): string | undefined => {
  const place = placeOf(standing.plan, path)
  if (place === undefined) return ""
  const graph = planAt(standing.plan, place)
  const readers = [place.node, ...downstream(graph, place.node)]
  const open = readers.map((node) => sibling(place, node)).find((reader) => !hasEnded(standing, reader))
  if (open !== undefined) return open
  if (!readers.some((node) => isInResult(graph, node))) return undefined
  return openReader(standing, parent(sibling(place, place.node)) ?? "")
}

/**
 * The node whose output a path belongs to: a map for its items, a
 * body's node for the children it started; `""` when there is none.
 */
export const giver = (plan: Plan, path: string): string => {
  const place = placeOf(plan, path)
  return place === undefined ? "" : sibling(place, place.node)
}

/**
 * The node of a graph that a path lies at or beneath: an item belongs
 * to its map, a child that a body started to that body's node.
 */
const placeOf = (plan: Plan, path: string): Place | undefined => {
  for (let at: string | null = path; at !== null && at !== ""; at = parent(at)) {
    if (isHandler(at)) continue
    const place = locate(plan, at)
    if (place !== undefined && !place.item) return place
  }
  return undefined
}

const planAt = (plan: Plan, { prefix }: Place): Plan => (prefix === "" ? plan : innerPlan(plan, prefix))

const innerPlan = (plan: Plan, prefix: string): Plan => locate(plan, prefix)?.node.plan ?? plan

/** Nodes that read a value of this one, or of one that does: order alone gives nobody a handle. */
const downstream = (plan: Plan, node: PlanNode): ReadonlyArray<PlanNode> => {
  const found = new Set<PlanNode>()
  const queue = [node]
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const from = at
    const readers = from.downstream.map((index) => plan.nodes[index]!).filter((one) => reads(one.def, from.name))
    queue.push(...readers.filter((one) => !found.has(one)))
    for (const one of readers) found.add(one)
  }
  return [...found]
}

const reads = ({ map, needs }: NodeDef, name: string): boolean =>
  [...Object.values(needs), ...map === undefined ? [] : [map.items]].some((ref) => isOf(ref, name))

const isOf = ({ fields, node, of }: AnyRef, name: string): boolean =>
  of === "record" ? Object.values(fields ?? {}).some((ref) => isOf(ref, name)) : node === name

/** A node that has no row yet may still begin. */
export const hasEnded = ({ isOver, nodes }: Standing, path: string): boolean => {
  const row = nodes.get(path)
  return row !== undefined && isTerminal(row.phase) && isOver(path)
}

const isInResult = ({ workflow: { result } }: Plan, { name }: PlanNode): boolean =>
  result !== undefined && isOf(result, name)
