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

type Dispatcher = Fiber.Fiber<unknown>["currentDispatcher"]

/** The gate of one engine. */
export class Gate {
  #left = perTurn
  /** In the order in which they came; those that begin in the next turn have their places already. */
  readonly #waiting = new Set<() => void>()
  #isArmed = false

  /** Waits until a transfer may begin: mostly not at all. */
  readonly passed: Effect.Effect<void> = Effect.withFiber(({ currentDispatcher }) => {
    this.#arm(currentDispatcher)
    if (this.#left === 0) return this.#later
    this.#left--
    return Effect.void
  })

  readonly #later: Effect.Effect<void> = Effect.callback((resume) => {
    const go = (): void => resume(Effect.void)
    this.#waiting.add(go)
    return Effect.sync(() => void this.#waiting.delete(go))
  })

  /** The next turn begins when tasks that are scheduled now come to it. */
  #arm(dispatcher: Dispatcher): void {
    if (this.#isArmed) return
    this.#isArmed = true
    dispatcher.scheduleTask(() => this.#next(dispatcher), 0)
  }

  #next(dispatcher: Dispatcher): void {
    this.#isArmed = false
    const due = [...this.#waiting.values().take(perTurn)]
    // Their places are theirs before the first of them goes on and may bring more.
    this.#left = perTurn - due.length
    for (const go of due) {
      if (this.#waiting.delete(go)) go()
      else this.#left++
    }
    if (due.length > 0) this.#arm(dispatcher)
  }
}
