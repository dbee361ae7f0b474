/** What is due at which instant, of a clock that is simulated. Pure. */

interface Entry {
  readonly at: number
  readonly order: number
  readonly do: (at: number) => void
}

const isBefore = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

/** Does what is due in the order of time, and at the same instant in the order in which it was asked for. */
export class Agenda {
  readonly #heap: Array<Entry> = []
  #count = 0

  /** Asks for something at an instant. */
  at(at: number, act: (at: number) => void): void {
    const heap = this.#heap
    const entry: Entry = { at, order: this.#count++, do: act }
    let place = heap.length
    heap.push(entry)
    for (let above = (place - 1) >> 1; place > 0 && isBefore(entry, heap[above]!); above = (place - 1) >> 1) {
      heap[place] = heap[above]!
      place = above
    }
    heap[place] = entry
  }

  /** Does all of it, and what that asks for. */
  run(): void {
    for (let next = this.#take(); next !== undefined; next = this.#take()) next.do(next.at)
  }

  #take(): Entry | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return first
    let place = 0
    for (;;) {
      const left = 2 * place + 1
      if (left >= heap.length) break
      const least = left + 1 < heap.length && isBefore(heap[left + 1]!, heap[left]!) ? left + 1 : left
      if (!isBefore(heap[least]!, last)) break
      heap[place] = heap[least]!
      place = least
    }
    heap[place] = last
    return first
  }
}
