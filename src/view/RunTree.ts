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

interface Known {
  /** What is shown in its place. */
  readonly nodes: ReadonlyArray<NodeView>
  readonly done: number
  readonly total: number
}

/** The tree of one run. */
export class RunTree {
  readonly #facts: RunFacts
  readonly #showing: Showing
  readonly #known = new Map<string, Known>()
  /** Siblings in order, by the node above. */
  readonly #orders = new Map<string, Array<string>>()
  readonly #ranks = new Map<string, ReadonlyArray<number>>()

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
    this.#known.clear()
    this.#ranks.clear()
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
    else if (lists.length > 0) { for (const above of lists) this.#orders.delete(above) }
    else if (wasShown) this.#moveAmongSiblings(path)
  }

  #forget(path: string): void {
    const { places } = this.#showing
    for (let at = path; at !== ""; at = places.above(at)) this.#known.delete(at)
  }

  #moveAmongSiblings(path: string): void {
    const order = this.#orders.get(this.#showing.places.above(path))
    const former = this.#ranks.get(path)
    if (order === undefined || former === undefined) return
    const at = this.#placeIn(order, path)
    this.#ranks.delete(path)
    if (this.#rank(path).every((it, at) => it === former[at])) return
    order.splice(at, 1)
    this.#insert(path)
  }

  #insert(path: string): void {
    this.#ranks.delete(path)
    const order = this.#orders.get(this.#showing.places.above(path))
    order?.splice(this.#placeIn(order, path), 0, path)
  }

  /** Where a node stands among its siblings, or would. */
  #placeIn(order: ReadonlyArray<string>, path: string): number {
    let [from, to] = [0, order.length]
    while (from < to) {
      const middle = (from + to) >> 1
      if (order[middle] !== path && this.#compare(order[middle]!, path) < 0) from = middle + 1
      else to = middle
    }
    return from
  }

  #rank(path: string): ReadonlyArray<number> {
    const known = this.#ranks.get(path)
    if (known !== undefined) return known
    const rank = this.#showing.rank(this.#facts.rows.nodes.get(path)!)
    this.#ranks.set(path, rank)
    return rank
  }

  #beneath(path: string): Known {
    const nodes: Array<NodeView> = []
    let [done, total] = [0, 0]
    for (const below of this.#order(path)) {
      const known = this.#node(below)
      for (const node of known.nodes) nodes.push(node)
      done += known.done
      total += known.total
    }
    return { nodes, done, total }
  }

  #order(path: string): ReadonlyArray<string> {
    const known = this.#orders.get(path)
    if (known !== undefined) return known
    const order = [...this.#showing.places.shown(path)].sort((a, b) => this.#compare(a, b))
    this.#orders.set(path, order)
    return order
  }

  #compare(a: string, b: string): number {
    const [left, right] = [this.#rank(a), this.#rank(b)]
    for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return left[at]! - right[at]!
    return a < b ? -1 : 1
  }

  #node(path: string): Known {
    const found = this.#known.get(path)
    if (found !== undefined) return found
    const { done, nodes: children, total } = this.#beneath(path)
    const node = this.#showing.node(this.#facts.rows.nodes.get(path)!, children)
    const counts = works(node) && node.phase !== "Skipped" && node.phase !== "Omitted"
    const known = {
      nodes: this.#showing.inPlaceOf(node),
      done: done + (counts && node.finishedAt > 0 ? 1 : 0),
      total: total + (counts ? 1 : 0)
    }
    this.#known.set(path, known)
    return known
  }
}
