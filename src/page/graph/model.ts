/**
 * The graph of a run as it is drawn: what is planned and what is there, groups closed or opened in place. Pure.
 *
 * A group that is closed is one vertex with the phases of what is in it. Opened, its members stand in its place: what
 * came into it comes into its first ones, and what went out of it goes out of its last ones.
 */
import { isHandlerRoot, isItem } from "../../run/path.ts"
import type { Vertex } from "../../view/edges.ts"
import type { NodeView, RunView } from "../../view/RunView.ts"

/** A vertex as it is drawn. */
export interface GraphVertex {
  readonly id: string
  readonly label: string
  readonly runs: string
  /** The node; none for what has not begun. */
  readonly node: NodeView | undefined
  /** How many nodes are in it, where it is a group that is closed. */
  readonly holds: number
  readonly counts: Readonly<Record<string, number>>
  /** The opened groups around it, the outermost first. */
  readonly within: ReadonlyArray<string>
}

/** What is drawn. */
export interface Graph {
  readonly vertices: ReadonlyArray<GraphVertex>
  /** Pairs of places in `vertices`. */
  readonly edges: ReadonlyArray<readonly [from: number, to: number]>
  /** Groups that were left closed since there would be too much to see. */
  readonly closed: number
}

/** More than this is not opened by itself. */
const many = 400
/** A list of more than this is one vertex until somebody opens it. */
const longList = 20

interface Member {
  readonly id: string
  readonly label: string
  readonly runs: string
  readonly node: NodeView | undefined
  readonly after: ReadonlyArray<string>
  readonly isList: boolean
  readonly members: () => ReadonlyArray<Member>
  readonly size: number
}

const isList = (node: NodeView | undefined): boolean => node?.type === "map" || node?.type === "TaskGroup"

const isHook = ({ path }: NodeView): boolean => isHandlerRoot(path)

/** What a node holds: hooks stand beside it, attempts are not drawn. */
const beneath = ({ children, type }: NodeView): ReadonlyArray<NodeView> =>
  type === "Retry" ? [] : children.filter((it) => !isHook(it))

const withHooks = (node: NodeView, after: ReadonlyArray<string>): ReadonlyArray<Member> => [
  manifestMember(node, after),
  ...node.children.filter(isHook).flatMap((it) => withHooks(it, [node.name]))
]

/** Members of a manifest's node: steps come after the group of steps before, hooks after their node. */
const manifestMembers = (nodes: ReadonlyArray<NodeView>): ReadonlyArray<Member> => {
  const members: Array<Member> = []
  let before: ReadonlyArray<string> = []
  for (const node of nodes) {
    if (node.type !== "StepGroup") {
      members.push(...withHooks(node, node.after ?? []))
      continue
    }
    for (const step of node.children) members.push(...withHooks(step, [...before, ...step.after ?? []]))
    if (node.children.length > 0) before = node.children.map(({ name }) => name)
  }
  return members
}

const manifestMember = (node: NodeView, after: ReadonlyArray<string>): Member => ({
  id: node.name,
  label: node.label,
  runs: node.runs,
  node,
  after,
  isList: isList(node),
  members: () => manifestMembers(beneath(node)),
  size: beneath(node).length
})

const nameIn = (name: string, prefix: string): string | undefined => {
  const rest = name.slice(prefix.length)
  return name.startsWith(prefix) && rest !== "" && !/[/[]/.test(rest.replace(/\[\]$/, "")) ? rest : undefined
}

/** Members of a typed run beneath a path: as planned, and what else is there. */
const typedMembers = (
  planned: ReadonlyArray<Vertex>,
  prefix: string,
  nodes: ReadonlyArray<NodeView>
): ReadonlyArray<Member> => {
  const byPath = new Map(nodes.map((node) => [node.path, node]))
  const named = planned.filter(({ name }) => nameIn(name, prefix) !== undefined)
  const members = named.map((vertex): Member => {
    const node = byPath.get(vertex.name)
    byPath.delete(vertex.name)
    return typedMember(planned, vertex.name, vertex.runs, node, vertex.after)
  })
  const others = [...byPath.values()].map((node) => typedMember(planned, node.path, node.runs, node, []))
  return [...members, ...others]
}

const typedMember = (
  planned: ReadonlyArray<Vertex>,
  path: string,
  runs: string,
  node: NodeView | undefined,
  after: ReadonlyArray<string>
): Member => {
  const beneath = isList(node) ? [] : planned.filter(({ name }) => name.startsWith(`${path}/`))
  return {
    id: path,
    // Items stand beside other nodes once their list is open: each says of which it is.
    label: node === undefined || isItem(path) ? path.slice(path.lastIndexOf("/") + 1) : node.label,
    runs,
    node,
    after,
    isList: isList(node),
    members: () => typedMembers(beneath, `${path}/`, node?.children ?? []),
    size: Math.max(beneath.length, node?.children.length ?? 0)
  }
}

/** The graph; `chosen` says which groups somebody opened or closed. */
export const graphOf = (
  run: Pick<RunView, "handlers" | "isManifest" | "nodes">,
  planned: ReadonlyArray<Vertex>,
  chosen: ReadonlyMap<string, boolean>
): Graph => {
  const drawing = new Drawing(chosen)
  const top = run.isManifest ? manifestMembers(run.nodes) : typedMembers(planned, "", run.nodes)
  const handlers = run.handlers.map((node) => manifestMember(node, []))
  const main = top.filter(({ id }) => !id.startsWith("."))
  const last = drawing.put(main, [])
  const ends = [...top.filter(({ id }) => id.startsWith(".")), ...handlers]
  const after = drawing.put(ends, [])
  // Handlers come after everything; with many ends a line from each would hide the graph.
  if (last.exits.length <= 8) drawing.join(last.exits, after.entries)
  return drawing.graph()
}

/** The vertices that are at most some steps away from one, in either direction, with what joins them. */
export const nearOf = (graph: Graph, at: number, steps: number): Graph => {
  let reached = new Set([at])
  for (let step = 0; step < steps; step++) {
    const next = new Set(reached)
    for (const [from, to] of graph.edges) {
      if (reached.has(from)) next.add(to)
      if (reached.has(to)) next.add(from)
    }
    reached = next
  }
  const kept = [...reached].toSorted((a, b) => a - b)
  const places = new Map(kept.map((it, place) => [it, place]))
  return {
    vertices: kept.map((it) => graph.vertices[it]!),
    edges: graph.edges.flatMap(([from, to]) => {
      const pair = [places.get(from), places.get(to)] as const
      return pair.includes(undefined) ? [] : [pair as readonly [number, number]]
    }),
    closed: graph.closed
  }
}

interface Ends {
  readonly entries: ReadonlyArray<number>
  readonly exits: ReadonlyArray<number>
}

class Drawing {
  readonly #chosen: ReadonlyMap<string, boolean>
  readonly #vertices: Array<GraphVertex> = []
  readonly #edges: Array<readonly [number, number]> = []
  #closed = 0

  constructor(chosen: ReadonlyMap<string, boolean>) {
    this.#chosen = chosen
  }

  graph(): Graph {
    return { vertices: this.#vertices, edges: this.#edges, closed: this.#closed }
  }

  join(from: ReadonlyArray<number>, to: ReadonlyArray<number>): void {
    for (const a of from) for (const b of to) this.#edges.push([a, b])
  }

  /** Puts the members of one level; answers where lines into it and out of it go. */
  put(members: ReadonlyArray<Member>, within: ReadonlyArray<string>): Ends {
    const known = new Map(members.map((member) => [member.id, this.#member(member, within)] as const))
    const hasNext = new Set<string>()
    for (const { after, id } of members) {
      for (const name of new Set(after)) {
        const before = known.get(name)
        if (before === undefined || name === id) continue
        hasNext.add(name)
        this.join(before.exits, known.get(id)!.entries)
      }
    }
    const isFirst = ({ after }: Member): boolean => !after.some((it) => known.has(it))
    return {
      entries: members.filter(isFirst).flatMap(({ id }) => known.get(id)!.entries),
      exits: members.filter(({ id }) => !hasNext.has(id)).flatMap(({ id }) => known.get(id)!.exits)
    }
  }

  #member(member: Member, within: ReadonlyArray<string>): Ends {
    if (this.#isOpen(member)) {
      const inside = member.members()
      if (inside.length > 0) return this.put(inside, [...within, member.id])
    }
    const at = this.#vertices.length
    const { id, label, node, runs, size } = member
    const counts: Record<string, number> = {}
    for (const { phase } of node?.children ?? []) counts[phase] = (counts[phase] ?? 0) + 1
    this.#vertices.push({ id, label, runs, node, holds: size, counts: size > 0 ? counts : {}, within })
    return { entries: [at], exits: [at] }
  }

  #isOpen({ id, isList, size }: Member): boolean {
    if (size === 0) return false
    const said = this.#chosen.get(id)
    if (said !== undefined) return said
    const fits = size <= (isList ? longList : many) && this.#vertices.length + size <= many
    if (!fits) this.#closed++
    return fits
  }
}
