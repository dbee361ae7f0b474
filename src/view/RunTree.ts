/**
 * A run as it is shown, kept up to date event by event: after each it is what reading it anew would give.
 *
 * Owns: the views of nodes that did not change, their order, their counts. Does not own: what is said of a node
 * (`Showing.ts`), reading (`readRun.ts`).
 *
 * Invariants
 * - T1 A node that changes costs what stands on its way up to the run, not what stands beside that.
 * - T2 What `view` gave stays as it is.
 */
import type { Recorded } from "../run/Event.ts"
import { learn, type RunFacts } from "../run/facts.ts"
import type { RunRow } from "../run/State.ts"
import { headOf } from "./runHead.ts"
import { type NodeView, type RunView, works } from "./RunView.ts"
import type { Showing } from "./Showing.ts"

/** A node among its siblings. */
interface Sibling {
  readonly path: string
  readonly rank: ReadonlyArray<number>
  /** What is shown of it, until it changes. */
  known: Known | undefined
}

const inOrder = (a: Sibling, b: Sibling): number => {
  const [left, right] = [a.rank, b.rank]
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return left[at]! - right[at]!
  return a.path < b.path ? -1 : 1
}

const alone: ReadonlyArray<Sibling> = []

interface Known {
  /** What is shown in its place. */
  readonly nodes: ReadonlyArray<NodeView>
  readonly done: number
  readonly total: number
}

const nothing: Known = { nodes: [], done: 0, total: 0 }

/** The tree of one run. */
export class RunTree {
  readonly #facts: RunFacts
  readonly #showing: Showing
  /** Siblings in order, by the node above. */
  readonly #orders = new Map<string, Array<Sibling>>()
  readonly #siblings = new Map<string, Sibling>()

  constructor(facts: RunFacts, showing: Showing) {
    this.#facts = facts
    this.#showing = showing
  }

  /** Takes in what happened next. */
  learn(events: ReadonlyArray<Recorded>): void {
    const { name } = this.#showing.run()
    for (const recorded of events) for (const path of learn(this.#facts, recorded)) this.#changed(path)
    if (this.#showing.run().name !== name) this.renamed()
  }

  /** Nodes may have other names now. */
  renamed(): void {
    this.#siblings.clear()
    this.#orders.clear()
  }

  /** Takes the row of the run as storage has it, which alone tells who executes it. */
  replace(run: RunRow): void {
    this.#facts.rows = { ...this.#facts.rows, run }
  }

  /** The run as it stands. */
  view(isInterrupted: boolean): RunView {
    const { done, nodes, total } = this.#beneath("")
    const isHandler = this.#showing.isHandler
    return {
      ...headOf(this.#facts, isInterrupted),
      ...this.#showing.run(),
      done,
      total,
      nodes: nodes.filter((it) => !isHandler(it)),
      handlers: nodes.filter(isHandler)
    }
  }

  #changed(path: string): void {
    const { places, put } = this.#showing
    const wasShown = places.isShown(path)
    const lists = put(path)
    for (const each of [path, ...lists]) this.#forget(each)
    if (lists.length === 1 && !wasShown && places.isShown(path)) this.#insert(path)
    else if (lists.length > 0) {
      this.#siblings.delete(path)
      for (const above of lists) this.#orders.delete(above)
    } else if (wasShown) this.#moveAmongSiblings(path)
  }

  #forget(path: string): void {
    const { places } = this.#showing
    for (let at = path; at !== ""; at = places.above(at)) {
      const sibling = this.#siblings.get(at)
      if (sibling !== undefined) sibling.known = undefined
    }
  }

  #moveAmongSiblings(path: string): void {
    const order = this.#orders.get(this.#showing.places.above(path))
    const former = this.#siblings.get(path)
    if (order === undefined || former === undefined) return
    if (this.#rank(path).every((it, at) => it === former.rank[at])) return
    order.splice(placeIn(order, former), 1)
    this.#insert(path)
  }

  #insert(path: string): void {
    this.#siblings.delete(path)
    const order = this.#orders.get(this.#showing.places.above(path))
    if (order === undefined) return
    const sibling = this.#sibling(path)
    order.splice(placeIn(order, sibling), 0, sibling)
  }

  #sibling(path: string): Sibling {
    const known = this.#siblings.get(path)
    if (known !== undefined) return known
    const sibling = { path, rank: this.#rank(path), known: undefined }
    this.#siblings.set(path, sibling)
    return sibling
  }

  #rank(path: string): ReadonlyArray<number> {
    return this.#showing.rank(this.#facts.rows.nodes.get(path)!)
  }

  #beneath(path: string): Known {
    const order = this.#order(path)
    if (order.length === 0) return nothing
    const nodes: Array<NodeView> = []
    let [done, total] = [0, 0]
    for (const below of order) {
      const known = below.known ??= this.#node(below.path)
      for (const node of known.nodes) nodes.push(node)
      done += known.done
      total += known.total
    }
    return { nodes, done, total }
  }

  #order(path: string): ReadonlyArray<Sibling> {
    const known = this.#orders.get(path)
    if (known !== undefined) return known
    const shown = this.#showing.places.shown(path)
    if (shown.size === 0) return alone
    const order = Array.from(shown, (it) => this.#sibling(it)).sort(inOrder)
    this.#orders.set(path, order)
    return order
  }

  #node(path: string): Known {
    const { done, nodes: children, total } = this.#beneath(path)
    const node = this.#showing.node(this.#facts.rows.nodes.get(path)!, children)
    const counts = works(node) && node.phase !== "Skipped" && node.phase !== "Omitted"
    return {
      nodes: this.#showing.inPlaceOf(node),
      done: done + (counts && node.finishedAt > 0 ? 1 : 0),
      total: total + (counts ? 1 : 0)
    }
  }
}

/** Where a node stands among its siblings, or would. */
const placeIn = (order: ReadonlyArray<Sibling>, sibling: Sibling): number => {
  let [from, to] = [0, order.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (order[middle]!.path !== sibling.path && inOrder(order[middle]!, sibling) < 0) from = middle + 1
    else to = middle
  }
  return from
}
