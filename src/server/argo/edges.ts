/**
 * Edges between nodes as Argo has them: `children` are what comes next, not what is beneath; a group is left by its
 * outbound nodes. Argo's page draws its graph of these. Pure.
 */
import type { ManifestNode } from "../../argo/view.ts"

type Node = Pick<ManifestNode, "after" | "boundaryId" | "children" | "id" | "name" | "startedAt" | "type">

/** The edges of one run. */
export interface Edges {
  readonly children: ReadonlyMap<string, ReadonlyArray<string>>
  /** By ids of steps, DAGs and groups. */
  readonly outbound: ReadonlyMap<string, ReadonlyArray<string>>
}

/** The edges of the nodes of a run. */
export const edgesOf = (nodes: ReadonlyArray<Node>): Edges => {
  const drawing = new Drawing(nodes)
  for (const node of nodes) drawing.connect(node)
  const composites = nodes.filter(({ type }) => type === "DAG" || type === "Steps")
  return {
    children: new Map([...drawing.children].map(([id, it]) => [id, [...it]])),
    outbound: new Map(composites.map((node) => [node.id, drawing.outbound(node)]))
  }
}

/** Edges while they are drawn. */
class Drawing {
  readonly children = new Map<string, Set<string>>()
  readonly #byId: ReadonlyMap<string, Node>
  readonly #byName: ReadonlyMap<string, Node>
  readonly #outbound = new Map<string, ReadonlyArray<string>>()

  constructor(nodes: ReadonlyArray<Node>) {
    this.#byId = new Map(nodes.map((node) => [node.id, node]))
    this.#byName = new Map(nodes.map((node) => [node.name, node]))
  }

  /** Draws what follows from one node being above others. */
  connect(node: Node): void {
    const below = this.#below(node)
    if (node.type === "DAG") below.forEach((task) => this.#connectTask(node, task))
    else if (node.type === "Steps") this.#connectGroups(node, below)
    else below.forEach((it) => this.#edge(node.id, it.id))
  }

  /** The nodes by which one is left. */
  outbound(node: Node): ReadonlyArray<string> {
    const known = this.#outbound.get(node.id)
    if (known !== undefined) return known
    // Whatever a record says, an edge back to itself ends here.
    this.#outbound.set(node.id, [node.id])
    const found = this.#exits(node).flatMap((it) => it === node ? [node.id] : this.outbound(it))
    const made = found.length === 0 ? [node.id] : [...new Set(found)]
    this.#outbound.set(node.id, made)
    return made
  }

  #exits(node: Node): ReadonlyArray<Node> {
    const below = this.#below(node)
    if (node.type === "Steps") {
      const last = below.filter(({ type }) => type === "StepGroup").at(-1)
      return last === undefined ? [] : [last]
    }
    if (node.type === "Retry") return below.slice(-1)
    if (node.type === "DAG") {
      const needed = new Set(below.flatMap(({ after = [] }) => after))
      return below.filter(({ name }) => !needed.has(name) && !isHooked(name))
    }
    return node.type === "StepGroup" || node.type === "TaskGroup" ? below : []
  }

  #connectTask(dag: Node, task: Node): void {
    const before = (task.after ?? []).flatMap((name) => this.#byName.get(name) ?? [])
    if (before.length === 0) return this.#edge(dag.id, task.id)
    for (const it of before) for (const from of this.outbound(it)) this.#edge(from, task.id)
  }

  #connectGroups(steps: Node, below: ReadonlyArray<Node>): void {
    let from: ReadonlyArray<string> = [steps.id]
    for (const group of below) {
      for (const id of from) this.#edge(id, group.id)
      if (group.type === "StepGroup") from = this.outbound(group)
    }
  }

  #below({ children, id }: Node): ReadonlyArray<Node> {
    return children.filter((it) => it !== id).flatMap((it) => this.#byId.get(it) ?? [])
  }

  #edge(from: string, to: string): void {
    if (from === to) return
    const known = this.children.get(from) ?? new Set()
    this.children.set(from, known.add(to))
  }
}

/** Whether a node is a hook or an exit handler, by its name as Argo makes it. */
export const isHooked = (name: string): boolean => name.endsWith(".onExit") || name.includes(".hooks.")
