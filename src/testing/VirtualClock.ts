/**
 * A clock that moves only when it is told to.
 *
 * Owns: virtual time, who sleeps until when. Does not own: when to move on (a simulation or a test decides).
 */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { type DurationInput, millis } from "../workflow/millis.ts"
import { demand, durationFault } from "../workflow/values.ts"

/** Virtual time, in milliseconds since the epoch; worlds that run side by side share one. */
export interface Time {
  /** The instant that clocks show, in milliseconds since the epoch. */
  now: number
  /** By how much the clock has been set in all: timers run on, whatever the clock shows. Default 0. */
  set?: number
}

/**
 * Sets the clock, as a person or the network does: no timer fires
 * earlier or later for it. No computer's clock shows a time before 1970.
 */
export const setClock = (time: Time, by: number): void => {
  const now = Math.max(1, time.now + by)
  time.set = (time.set ?? 0) + now - time.now
  time.now = now
}

interface Sleeper {
  /** By a clock that nobody sets. */
  readonly at: number
  readonly wake: () => void
}

/** A clock on virtual time. */
export class VirtualClock implements Clock.Clock {
  /** The time that it shows, which other clocks may share. */
  readonly time: Time
  readonly #sleepers: Array<Sleeper> = []

  /** Makes a clock that shows the given time. */
  constructor(time: Time) {
    this.time = time
  }

  /** The instant at which the next sleeper wakes; `Infinity` when nobody sleeps. */
  get nextWake(): number {
    return this.#sleepers.reduce((least, { at }) => Math.min(least, at), Infinity) + this.#set
  }

  get #set(): number {
    return this.time.set ?? 0
  }

  /**
   * The instant after a time to skip. Throws `InvalidValue` for
   * anything but a duration, and for one that goes backwards.
   */
  instantIn(duration: DurationInput): number {
    const by = millis(duration)
    demand("the time to skip", durationFault(by))
    return this.time.now + by
  }

  /** Moves on to the next sleeper and wakes it; `pick` chooses among those of the same instant (a number in [0, 1)). */
  wakeNext(pick = 0): void {
    const at = this.nextWake
    const due = this.#sleepers.filter((sleeper) => sleeper.at + this.#set === at)
    const next = due[Math.floor(pick * due.length)]
    if (next === undefined) return
    this.#sleepers.splice(this.#sleepers.indexOf(next), 1)
    this.time.now = Math.max(this.time.now, at)
    next.wake()
  }

  /** The instant in milliseconds since the epoch. */
  currentTimeMillisUnsafe(): number {
    return this.time.now
  }

  /** The instant in nanoseconds since the epoch, exact to a millisecond. */
  currentTimeNanosUnsafe(): bigint {
    return BigInt(Math.floor(this.time.now)) * 1_000_000n
  }

  /** Nanoseconds that only ever rise: setting the clock does not change them. */
  monotonicTimeNanosUnsafe(): bigint {
    return BigInt(Math.floor(this.time.now - this.#set)) * 1_000_000n
  }

  /** The instant in milliseconds since the epoch, read when the Effect runs. */
  readonly currentTimeMillis: Effect.Effect<number> = Effect.sync(() => this.currentTimeMillisUnsafe())
  /** The instant in nanoseconds since the epoch, read when the Effect runs. */
  readonly currentTimeNanos: Effect.Effect<bigint> = Effect.sync(() => this.currentTimeNanosUnsafe())
  /** Nanoseconds that only ever rise, read when the Effect runs. */
  readonly monotonicTimeNanos: Effect.Effect<bigint> = Effect.sync(() => this.monotonicTimeNanosUnsafe())

  /** Sleeps until virtual time has moved on so far. */
  sleep(duration: Duration.Duration): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      const at = this.time.now - this.#set + Duration.toMillis(duration)
      const sleeper: Sleeper = { at, wake: () => resume(Effect.void) }
      this.#sleepers.push(sleeper)
      return Effect.sync(() => {
        const index = this.#sleepers.indexOf(sleeper)
        if (index >= 0) this.#sleepers.splice(index, 1)
      })
    })
  }
}
