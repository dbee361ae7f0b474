/** N3: what a node depends on has ended, with its output recorded, before the node starts. */
import { type Invariant, plannedFrom } from "./evidence.ts"
import { locate, sibling } from "./locate.ts"
import { isTerminal } from "./Phase.ts"

/** Checks N3; needs the plan. */
export const checkOrder: Invariant = (evidence, report) => {
  const { plan } = evidence
  if (plan === undefined) return {}
  const from = plannedFrom(evidence)
  return {
    see: ({ event, seq }, before) => {
      if (event.type !== "NodeStarted" || seq < from) return
      const place = locate(plan, event.path)
      if (place === undefined || place.item) return
      const graph = graphOf(plan, place.prefix)
      for (const index of place.node.upstream) {
        const above = sibling(place, graph.nodes[index]!)
        const row = before.nodes.get(above)
        if (row !== undefined && isTerminal(row.phase)) continue
        report(`N3: ${event.path} started (seq ${seq}) while ${above} is ${row?.phase ?? "not yet begun"}`)
      }
    }
  }
}

type PlanOf = NonNullable<Parameters<Invariant>[0]["plan"]>

const graphOf = (plan: PlanOf, prefix: string): PlanOf => {
  if (prefix === "") return plan
  return locate(plan, prefix)?.node.plan ?? plan
}
