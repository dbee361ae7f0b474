/**
 * How often a server is asked to change anything: a page or a program that repeats itself must not wear out the
 * machine.
 *
 * Owns: how many actions may follow each other at once. Does not own: what they are.
 *
 * Invariants
 * - In the long run there are at most 20 a second, and never more than 200 without a pause.
 */
export class Actions {
  readonly #now: () => number
  #left = most
  #at: number

  constructor(now: () => number) {
    this.#now = now
    this.#at = now()
  }

  /** Whether one more may be done now. */
  allow(): boolean {
    const at = this.#now()
    this.#left = Math.min(most, this.#left + Math.max(0, at - this.#at) / 1_000 * perSecond)
    this.#at = at
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}

const most = 200
const perSecond = 20
