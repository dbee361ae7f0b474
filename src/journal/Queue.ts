/**
 * What waits for its turn, first in, first out.
 *
 * One array, used as a ring: it names what waits and nothing else. An array that is cut or copied leaves its old store
 * behind, and one that the collector of garbage has let grow old keeps all that it names, with everything behind it.
 */

/** A queue. */
export class Queue<Item> {
  /** Its length is a power of two. */
  #ring: Array<Item | undefined> = new Array(64).fill(undefined)
  #head = 0
  #length = 0

  /** How many wait. */
  get length(): number {
    return this.#length
  }

  /** Puts one at the end. */
  push(item: Item): void {
    if (this.#length === this.#ring.length) this.#grow()
    this.#ring[this.#at(this.#length)] = item
    this.#length++
  }

  /** The item at an index; there must be one. */
  get(index: number): Item {
    return this.#ring[this.#at(index)]!
  }

  /** The first items. */
  first(many: number): Array<Item> {
    const ring = this.#ring
    const items: Array<Item> = []
    for (let index = 0; index < many; index++) items.push(ring[(this.#head + index) & (ring.length - 1)]!)
    return items
  }

  /** Drops the first items. */
  drop(many: number): void {
    const ring = this.#ring
    for (let index = 0; index < many; index++) ring[(this.#head + index) & (ring.length - 1)] = undefined
    this.#head = this.#at(many)
    this.#length -= many
  }

  /** Lets all go. */
  clear(): void {
    this.drop(this.#length)
  }

  #at(index: number): number {
    return (this.#head + index) & (this.#ring.length - 1)
  }

  #grow(): void {
    const items = this.first(this.#length)
    const empty = new Array<Item | undefined>(this.#ring.length).fill(undefined)
    this.#ring.fill(undefined)
    this.#ring = [...items, ...empty]
    this.#head = 0
  }
}
