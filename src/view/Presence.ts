/**
 * When no process executed a run, as its events tell: one that leaves says so; of one that died, the last event is the
 * last that is known.
 */
import type { Recorded } from "../run/Event.ts"

/** Follows the events of a run in order. */
export class Presence {
  #hasBegun = false
  #isLeft = false
  #last = 0

  /** When the last event came. */
  get last(): number {
    return this.#last
  }

  /** Takes an event in; answers since when no process executed the run, where the event tells that. */
  take({ at, event: { type } }: Recorded): number | undefined {
    const before = this.#last
    this.#last = at
    if (type === "RunFinished") this.#hasBegun = false
    if (type === "RunLeft") {
      this.#isLeft = true
      return at
    }
    if (type !== "RunStarted") return undefined
    const isTold = this.#isLeft || !this.#hasBegun
    this.#hasBegun = true
    this.#isLeft = false
    return isTold ? undefined : before
  }
}
