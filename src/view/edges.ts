/** The graph of a run or workflow as nodes and edges. Pure. */
import type { PlanJson } from "../plan/drawing.ts"
import { isHandlerRoot } from "../run/path.ts"
import type { RunView } from "./RunView.ts"

/** A node and the names of those it waits for. */
export interface Vertex {
  readonly name: string
  readonly runs: string
  readonly after: ReadonlyArray<string>
}

/** The nodes of a recorded plan; those of nested workflows stand beneath their node, `map[]/item`. */
export const verticesOf = (plan: PlanJson, digest = plan.digest, prefix = "", deep = 0): ReadonlyArray<Vertex> =>
  (plan.plans[digest]?.nodes ?? []).flatMap((node) => {
    const name = prefix + node.name
    const own = { name, runs: node.runs ?? node.kind, after: node.after.map((it) => prefix + it) }
    if (node.plan === null || deep > 20) return [own]
    return [own, ...verticesOf(plan, node.plan, node.kind === "map" ? `${name}[]/` : `${name}/`, deep + 1)]
  })

/**
 * The nodes of a manifest's run: tasks of a DAG after those they depend on, a group of steps after the group before.
 */
export const verticesOfManifest = (run: RunView): ReadonlyArray<Vertex> => {
  const vertices: Array<Vertex> = []
  const all = withoutAttempts([...run.nodes, ...run.handlers])
  const shown = shownAttempts(all)
  const before = new Map<string, ReadonlyArray<string>>()
  for (const node of all) {
    const groups = node.children.filter(({ type }) => type === "StepGroup")
    for (const [at, group] of groups.entries()) {
      const earlier = groups[at - 1]?.children.map(({ name }) => name) ?? []
      for (const step of group.children) before.set(step.name, earlier)
    }
  }
  for (const { after = [], name, runs, type } of all) {
    if (type === "StepGroup" || type === "TaskGroup") continue
    vertices.push({ name, runs, after: [...after, ...before.get(name) ?? []].map((it) => shown.get(it) ?? it) })
  }
  return vertices
}

/** The attempts that are shown in the place of their Retry nodes, by the names of those. */
const shownAttempts = (nodes: RunView["nodes"]): ReadonlyMap<string, string> =>
  new Map(nodes.filter(({ attempt }) => attempt > 0).map(({ name }) => [name.replace(/\(\d+\)$/, ""), name]))

const withoutAttempts = (nodes: RunView["nodes"]): RunView["nodes"] =>
  nodes.flatMap((node) => [
    node,
    ...withoutAttempts(node.type === "Retry" ? node.children.filter(({ path }) => isHandlerRoot(path)) : node.children)
  ])

/** How many edges lie at most before each node, from 1. */
export const stages = (vertices: ReadonlyArray<Vertex>): ReadonlyMap<string, number> => {
  const byName = new Map(vertices.map((it) => [it.name, it]))
  const known = new Map<string, number>()
  const stage = (name: string): number => {
    const found = known.get(name)
    if (found !== undefined) return found
    known.set(name, 1)
    const before = byName.get(name)?.after.filter((it) => byName.has(it)) ?? []
    const own = 1 + Math.max(0, ...before.map(stage))
    known.set(name, own)
    return own
  }
  for (const { name } of vertices) stage(name)
  return known
}
