/**
 * Plans as they are stored. A node says only what it has: of a large graph nearly all nodes have a name, a kind and
 * what they run, and storage holds the text several times while it takes it in.
 */
import { type GraphJson, type NodeJson, type PlanJson, toHead, toNode } from "./drawing.ts"
import { allNow, nodesAtOnce, type Pieces } from "./pieces.ts"
import type { Plan, PlanNode } from "./Plan.ts"

/** A node as it is stored: what is absent is what `filled` says. */
type StoredNode = Pick<NodeJson, "kind" | "name"> & Partial<NodeJson>

/** The text of a plan for storage. */
export const storedText = (plan: Plan): string => allNow(storing(plan))

/** The same, made some nodes at a time: the objects of a large plan would outweigh it by far. */
export function* storing(plan: Plan): Pieces<string> {
  const graphs = new Map<string, string>()
  const open = [plan]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (graphs.has(at.digest)) continue
    graphs.set(at.digest, yield* graphText(at))
    for (const node of at.nodes) if (node.plan !== undefined) open.push(node.plan)
  }
  const plans = Array.from(graphs, ([digest, graph]) => `${JSON.stringify(digest)}:${graph}`).join(",")
  return `{"version":1,"digest":${JSON.stringify(plan.digest)},"plans":{${plans}}}`
}

/** The plan behind a stored text, of this version or an earlier one; throws for a text that is not JSON. */
export const planFrom = (text: string): PlanJson => {
  const stored = JSON.parse(text) as PlanJson
  const plans = Object.entries(stored.plans).map(([digest, graph]): [string, GraphJson] => [digest, {
    ...graph,
    nodes: graph.nodes.map(filled)
  }])
  return { ...stored, plans: Object.fromEntries(plans) }
}

/** A stored text with all that a plan says of a node, for whoever reads it elsewhere. */
export const wholeText = (stored: string): string => JSON.stringify(planFrom(stored))

function* graphText(plan: Plan): Pieces<string> {
  const texts: Array<string> = []
  for (let at = 0; at < plan.nodes.length; at += nodesAtOnce) {
    if (at > 0) yield
    const nodes = plan.nodes.slice(at, at + nodesAtOnce)
    texts.push(nodes.map((node) => JSON.stringify(toStored(plan, node))).join(","))
  }
  return `${JSON.stringify(toHead(plan)).slice(0, -1)},"nodes":[${texts.join(",")}]}`
}

const toStored = (plan: Plan, node: PlanNode): StoredNode => {
  const { after, depends, description, guarded, kind, name, plan: nested, reads, runs } = toNode(plan, node)
  return {
    name,
    kind,
    ...runs === null ? {} : { runs },
    ...description === null ? {} : { description },
    ...after.length === 0 ? {} : { after },
    ...Object.keys(reads).length === 0 ? {} : { reads },
    ...depends === null ? {} : { depends },
    ...guarded ? { guarded } : {},
    ...nested === null ? {} : { plan: nested }
  }
}

const nobody: ReadonlyArray<string> = []
const nothing: Readonly<Record<string, string>> = {}

const filled = (
  {
    after = nobody,
    depends = null,
    description = null,
    guarded = false,
    kind,
    name,
    plan = null,
    reads = nothing,
    runs = null
  }: StoredNode
): NodeJson => ({ name, kind, runs, description, after, reads, depends, guarded, plan })
