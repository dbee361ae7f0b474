/**
 * How often a server may be asked for anything but to read: a page or a program that repeats itself must not wear
 * out the machine.
 *
 * Owns: when the next action may begin. Does not own: what it is.
 *
 * Invariants
 * - In the long run there are at most 20 a second; 200 may come at once.
 * - Whoever asks one after the other is slowed down, never refused; a flood is refused.
 */
export class Actions {
  readonly #now: () => number
  /** The instant at which all that were allowed are made up for. */
  #paidAt = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** After how many milliseconds one more may begin; `undefined` when there are too many. */
  delay(): number | undefined {
    const now = this.#now()
    const paidAt = Math.max(this.#paidAt, now) + each
    const wait = Math.max(0, paidAt - now - atOnce * each)
    if (wait > patience) return undefined
    this.#paidAt = paidAt
    return wait
  }
}

const each = 50
const atOnce = 200
/** How long an action is held back before it is refused, in milliseconds. */
const patience = 10_000
