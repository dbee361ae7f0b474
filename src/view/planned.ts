/** What a recorded plan says of the nodes of a run. */
import type { PlanJson } from "../plan/drawing.ts"
import { planFrom } from "../plan/stored.ts"

type Nodes = ReadonlyMap<string, PlanJson["plans"][string]["nodes"][number]>

/** What the node at a path runs, as far as a recorded plan, as JSON text, tells. */
export const runsIn = (stored: string | undefined): (path: string) => string => {
  if (stored === undefined) return () => ""
  const { digest, plans } = planFrom(stored)
  const known = new Map<string, Nodes>()
  const nodesOf = (plan: string): Nodes => {
    const nodes = known.get(plan) ?? new Map((plans[plan]?.nodes ?? []).map((it) => [it.name, it]))
    known.set(plan, nodes)
    return nodes
  }
  return (path) => {
    let plan: string | null = digest
    let runs = ""
    for (const step of path.replace(/#\d+|\[[^\]]*\]/g, "").split("/")) {
      const node: PlanJson["plans"][string]["nodes"][number] | undefined = plan === null
        ? undefined
        : nodesOf(plan).get(step)
      if (node === undefined) return ""
      runs = node.runs ?? ""
      plan = node.plan
    }
    return runs
  }
}
