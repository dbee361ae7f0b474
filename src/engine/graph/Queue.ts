/** Numbers in the order they came. Owns: the list, of which the front is cut off now and then. */
export class Queue {
  #list: Array<number> = []
  #head = 0

  /** How many wait. */
  get size(): number {
    return this.#list.length - this.#head
  }

  /** The first one; the queue is not empty. */
  get first(): number {
    return this.#list[this.#head]!
  }

  /** Puts one at the end. */
  push(index: number): void {
    this.#list.push(index)
  }

  /** Takes the first one; the queue is not empty. */
  shift(): number {
    const index = this.#list[this.#head++]!
    if (this.#head === this.#list.length) this.replace([])
    return index
  }

  /** Those that wait. */
  get all(): ReadonlyArray<number> {
    return this.#list.slice(this.#head)
  }

  /** Lets these wait instead. */
  replace(list: ReadonlyArray<number>): void {
    this.#list = [...list]
    this.#head = 0
  }
}
