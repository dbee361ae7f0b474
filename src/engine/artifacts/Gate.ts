/**
 * Limits how many transfers of artifacts begin in one turn of the event loop. A store in memory answers without delay:
 * bodies that put one artifact after the other would keep the process from everything else until the last has ended.
 *
 * Owns: who waits, first come, first served. Does not own: how many are under way.
 */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"

/** A small artifact takes about 60 µs. */
const perTurn = 50

/** The gate of one engine. */
export class Gate {
  #left = perTurn
  #waiting: Array<() => void> = []
  #isArmed = false

  /** Waits until a transfer may begin: mostly not at all. */
  readonly passed: Effect.Effect<void> = Effect.withFiber((fiber) => {
    this.#arm(fiber)
    if (this.#left === 0) return this.#later
    this.#left--
    return Effect.void
  })

  readonly #later: Effect.Effect<void> = Effect.callback((resume) => {
    const go = (): void => resume(this.passed)
    this.#waiting.push(go)
    return Effect.sync(() => {
      this.#waiting = this.#waiting.filter((other) => other !== go)
    })
  })

  /** The next turn begins when tasks that are scheduled now come to it. */
  #arm({ currentDispatcher }: Fiber.Fiber<unknown, unknown>): void {
    if (this.#isArmed) return
    this.#isArmed = true
    currentDispatcher.scheduleTask(() => this.#next(), 0)
  }

  #next(): void {
    this.#isArmed = false
    this.#left = perTurn
    for (const go of this.#waiting.splice(0, perTurn)) go()
  }
}
