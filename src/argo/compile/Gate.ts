/**
 * Lets a number through at once, in the order they came.
 *
 * Owns: the count and the queue. Invariant: never more than `limit` are inside.
 */
import * as Effect from "effect/Effect"

/** A bound on how many run at once. */
export class Gate {
  readonly #limit: number
  #inside = 0
  readonly #queue: Array<() => void> = []

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Runs an effect when there is room. */
  pass<A, E, R>(inner: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    if (this.#limit === Infinity) return inner
    return Effect.acquireUseRelease(this.#enter, () => inner, () => this.#leave)
  }

  get #enter(): Effect.Effect<void> {
    return Effect.interruptible(Effect.callback<void>((resume) => {
      if (this.#inside < this.#limit) {
        this.#inside++
        return resume(Effect.void)
      }
      const enter = (): void => resume(Effect.void)
      this.#queue.push(enter)
      return Effect.sync(() => this.#give(enter))
    }))
  }

  /** A waiter that gives up leaves the queue; if it had just been admitted, it admits the next. */
  #give(enter: () => void): void {
    const at = this.#queue.indexOf(enter)
    if (at >= 0) this.#queue.splice(at, 1)
    else this.#next()
  }

  get #leave(): Effect.Effect<void> {
    return Effect.sync(() => this.#next())
  }

  #next(): void {
    const enter = this.#queue.shift()
    if (enter === undefined) this.#inside--
    else enter()
  }
}
