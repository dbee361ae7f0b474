/**
 * Finds cycles in linear time and puts nodes in an order that
 * respects their edges. Knows indexes and names only; recursion-free.
 */

/** For each node the indexes of the nodes it waits for. */
export type Upstreams = ReadonlyArray<ReadonlyArray<number>>

/** Shared: most nodes of a wide graph wait for no other. */
export const noNodes: ReadonlyArray<number> = Object.freeze([])

/** For each node the indexes of the nodes that wait for it, ascending. */
export const downstreamsOf = (upstreams: Upstreams): ReadonlyArray<ReadonlyArray<number>> => {
  const downstreams: Array<Array<number> | undefined> = new Array(upstreams.length)
  upstreams.forEach((upstream, index) => {
    for (const before of upstream) (downstreams[before] ??= []).push(index)
  })
  return Array.from(downstreams, (some) => some ?? noNodes)
}

/**
 * All nodes in an order that puts each after those it waits for, as
 * near as possible to their own order; shorter when there is a cycle.
 */
export const orderOf = (upstreams: Upstreams): ReadonlyArray<number> => {
  if (upstreams.every((upstream, index) => upstream.every((before) => before < index))) {
    return upstreams.map((_, index) => index)
  }
  const downstreams = downstreamsOf(upstreams)
  const waits = upstreams.map((upstream) => upstream.length)
  const order = waits.flatMap((count, index) => count === 0 ? [index] : [])
  for (let at = 0; at < order.length; at++) {
    for (const next of downstreams[order[at]!]!) if (--waits[next]! === 0) order.push(next)
  }
  return order
}

/**
 * One shortest cycle for each knot of nodes that wait for each other,
 * as indexes in the order of flow, the first one repeated at the end.
 */
export const cyclesOf = (upstreams: Upstreams, names: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<number>> => {
  const downstreams = downstreamsOf(upstreams)
  return knotsOf(downstreams)
    .filter((knot) => knot.length > 1 || downstreams[knot[0]!]!.includes(knot[0]!))
    .map((knot) => shortestCycle(knot, downstreams, names))
}

// Where the search starts and turns goes by name, so that the order of writing does not matter.
const shortestCycle = (
  knot: ReadonlyArray<number>,
  downstreams: Upstreams,
  names: ReadonlyArray<string>
): ReadonlyArray<number> => {
  const byName = (a: number, b: number) => names[a]! < names[b]! ? -1 : 1
  const inside = new Set(knot)
  const start = [...knot].sort(byName)[0]!
  const cameFrom = new Map<number, number>()
  const queue = [start]
  for (let at = 0; at < queue.length; at++) {
    const node = queue[at]!
    for (const next of downstreams[node]!.filter((one) => inside.has(one)).sort(byName)) {
      if (next === start) return back(node, start, cameFrom)
      if (cameFrom.has(next)) continue
      cameFrom.set(next, node)
      queue.push(next)
    }
  }
  return [start, start]
}

const back = (last: number, start: number, cameFrom: ReadonlyMap<number, number>): ReadonlyArray<number> => {
  const path = [start]
  for (let node = last; node !== start; node = cameFrom.get(node)!) path.push(node)
  return [...path, start].reverse()
}

/** Strongly connected components (Tarjan), without recursion: a chain may be as long as a graph is allowed to be. */
const knotsOf = (edges: Upstreams): ReadonlyArray<ReadonlyArray<number>> => {
  const search = new KnotSearch(edges)
  for (let index = 0; index < edges.length; index++) search.from(index)
  return search.knots
}

class KnotSearch {
  readonly knots: Array<Array<number>> = []
  readonly #edges: Upstreams
  readonly #number: Int32Array
  readonly #low: Int32Array
  readonly #next: Int32Array
  readonly #open: Uint8Array
  readonly #stack: Array<number> = []
  #count = 0

  constructor(edges: Upstreams) {
    this.#edges = edges
    this.#number = new Int32Array(edges.length)
    this.#low = new Int32Array(edges.length)
    this.#next = new Int32Array(edges.length)
    this.#open = new Uint8Array(edges.length)
  }

  from(root: number): void {
    if (this.#number[root] !== 0) return
    const path = [this.#enter(root)]
    while (path.length > 0) {
      const node = path[path.length - 1]!
      const next = this.#edges[node]![this.#next[node]!++]
      if (next === undefined) this.#leave(path)
      else if (this.#number[next] === 0) path.push(this.#enter(next))
      else if (this.#open[next] === 1) this.#lower(node, this.#number[next]!)
    }
  }

  #enter(node: number): number {
    this.#number[node] = this.#low[node] = ++this.#count
    this.#open[node] = 1
    this.#stack.push(node)
    return node
  }

  #leave(path: Array<number>): void {
    const node = path.pop()!
    const above = path[path.length - 1]
    if (above !== undefined) this.#lower(above, this.#low[node]!)
    if (this.#low[node] === this.#number[node]) this.knots.push(this.#close(node))
  }

  #lower(node: number, to: number): void {
    this.#low[node] = Math.min(this.#low[node]!, to)
  }

  #close(node: number): Array<number> {
    const knot = this.#stack.splice(this.#stack.lastIndexOf(node))
    for (const one of knot) this.#open[one] = 0
    return knot
  }
}
