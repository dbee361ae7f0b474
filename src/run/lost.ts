/** Which nodes a retry has to run again because artifacts they saved are gone. Pure. */
import type { Plan } from "../plan/Plan.ts"
import { locate, sibling } from "./locate.ts"
import { child } from "./path.ts"
import { livePrefix } from "./tree.ts"
import type { NodeRow } from "./State.ts"

/** Paths of nodes that saved an artifact which is gone, by the nodes of the same run whose output holds its handle. */
export type Lost = ReadonlyMap<string, ReadonlySet<string>>

/**
 * Nodes that are kept, although something that runs, again or for the
 * first time, would read an artifact they saved and that is gone.
 */
export const producersNeeded = (
  plan: Plan,
  nodes: ReadonlyMap<string, NodeRow>,
  reset: ReadonlySet<string>,
  lost: Lost
): ReadonlySet<string> => {
  const needed = new Set<string>()
  for (const path of [...reset, ...unbegun(plan, nodes, reset)]) {
    for (const source of sourcesOf(plan, path)) {
      if (reset.has(source)) continue
      for (const producer of lost.get(source) ?? []) {
        if (nodes.has(producer) && !reset.has(producer)) needed.add(producer)
      }
    }
  }
  return needed
}

/** Nodes of graphs that go on which the run did not come to before it ended. */
const unbegun = (
  plan: Plan,
  nodes: ReadonlyMap<string, NodeRow>,
  reset: ReadonlySet<string>
): ReadonlyArray<string> => {
  const inner = [...reset].flatMap((path) => {
    const [place, row] = [locate(plan, path), nodes.get(path)]
    return place?.node.plan === undefined || row?.kind !== "workflow"
      ? []
      : [{ plan: place.node.plan, prefix: livePrefix(row) }]
  })
  return [{ plan, prefix: "" }, ...inner].flatMap(({ plan, prefix }) =>
    plan.nodes.map(({ name }) => child(prefix, name)).filter((path) => !nodes.has(path))
  )
}

const sourcesOf = (plan: Plan, path: string): ReadonlyArray<string> => {
  const place = locate(plan, path)
  if (place === undefined || place.item) return []
  const graph = place.prefix === "" ? plan : locate(plan, place.prefix)?.node.plan
  return graph === undefined ? [] : place.node.upstream.map((index) => sibling(place, graph.nodes[index]!))
}
