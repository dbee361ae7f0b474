/**
 * The open children of a node, oldest first.
 *
 * Nodes come and go all the time. A `Set` leaves a table behind whenever it makes room, and a dead table that the
 * collector of garbage has let grow old keeps all nodes that it names: most of what they allocated survived them.
 * Invariant: a node that has left refers to no other, and no other refers to it.
 */

/** What a node has to have to be in such a list; it is in one at most. */
export interface Linked<Node> {
  older: Node | undefined
  newer: Node | undefined
}

/** A list that nodes leave from anywhere. */
export class OpenNodes<Node extends Linked<Node>> implements Iterable<Node> {
  #oldest: Node | undefined
  #newest: Node | undefined
  #size = 0

  /** How many they are. */
  get size(): number {
    return this.#size
  }

  /** The one that came first. */
  get oldest(): Node | undefined {
    return this.#oldest
  }

  /** Takes a node in that is in no list. */
  add(node: Node): void {
    node.older = this.#newest
    if (this.#newest === undefined) this.#oldest = node
    else this.#newest.newer = node
    this.#newest = node
    this.#size++
  }

  /** Lets a node go that is in this list. */
  delete(node: Node): void {
    const { newer, older } = node
    if (older === undefined) this.#oldest = newer
    else older.newer = newer
    if (newer === undefined) this.#newest = older
    else newer.older = older
    node.older = undefined
    node.newer = undefined
    this.#size--
  }

  /** The nodes; none may leave meanwhile. */
  *[Symbol.iterator](): Generator<Node> {
    for (let node = this.#oldest; node !== undefined; node = node.newer) yield node
  }
}
