/**
 * A clock that moves only when it is told to.
 *
 * Owns: virtual time, who sleeps until when. Does not own: when to move on (a simulation or a test decides).
 */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** Virtual time, in milliseconds since the epoch; worlds that run side by side share one. */
export interface Time {
  now: number
}

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/** A clock on virtual time. */
export class VirtualClock implements Clock.Clock {
  readonly time: Time
  readonly #sleepers: Array<Sleeper> = []

  constructor(time: Time) {
    this.time = time
  }

  /** The instant at which the next sleeper wakes; `Infinity` when nobody sleeps. */
  get nextWake(): number {
    return this.#sleepers.reduce((least, { at }) => Math.min(least, at), Infinity)
  }

  /** Moves on to the next sleeper and wakes it; `pick` chooses among those of the same instant (a number in [0, 1)). */
  wakeNext(pick = 0): void {
    const at = this.nextWake
    const due = this.#sleepers.filter((sleeper) => sleeper.at === at)
    const next = due[Math.floor(pick * due.length)]
    if (next === undefined) return
    this.#sleepers.splice(this.#sleepers.indexOf(next), 1)
    this.time.now = Math.max(this.time.now, at)
    next.wake()
  }

  currentTimeMillisUnsafe(): number {
    return this.time.now
  }

  currentTimeNanosUnsafe(): bigint {
    return BigInt(Math.floor(this.time.now)) * 1_000_000n
  }

  monotonicTimeNanosUnsafe(): bigint {
    return this.currentTimeNanosUnsafe()
  }

  readonly currentTimeMillis: Effect.Effect<number> = Effect.sync(() => this.currentTimeMillisUnsafe())
  readonly currentTimeNanos: Effect.Effect<bigint> = Effect.sync(() => this.currentTimeNanosUnsafe())
  readonly monotonicTimeNanos: Effect.Effect<bigint> = Effect.sync(() => this.currentTimeNanosUnsafe())

  /** Sleeps until virtual time has moved on so far. */
  sleep(duration: Duration.Duration): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      const sleeper: Sleeper = { at: this.time.now + Duration.toMillis(duration), wake: () => resume(Effect.void) }
      this.#sleepers.push(sleeper)
      return Effect.sync(() => {
        const index = this.#sleepers.indexOf(sleeper)
        if (index >= 0) this.#sleepers.splice(index, 1)
      })
    })
  }
}
