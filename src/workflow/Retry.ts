/** Retry policies as data. The decision itself is a pure rule in `run/retry.ts`. */
import type { DurationInput } from "./millis.ts"
import type * as Schedule from "effect/Schedule"

/**
 * Which failures are retried at all: `OnFailure` = typed errors and
 * timeouts, `OnError` = defects and system errors (Argo's words).
 */
export type RetryOn = "OnFailure" | "OnError" | "Always" | "OnTransientError"

/** A failed attempt, as a decision sees it. */
export interface FailedAttempt<E = unknown> {
  /** Its number, from 1; a manual retry begins anew. */
  readonly attempt: number
  /** Whether its work failed, or something else went wrong. */
  readonly phase: "Failed" | "Error"
  /** The short code of why, such as a timeout. */
  readonly reason: string
  /** The name of the error: the `_tag` of a typed one, or the name of its class; without an error, the reason. */
  readonly tag: string
  /** What went wrong, for people. */
  readonly message: string
  /** The typed error; `undefined` for every other failure. */
  readonly error: E | undefined
  /** When it ended, in milliseconds since the epoch. */
  readonly at: number
}

/** What a decision looks at; instants are milliseconds since the epoch. */
export interface RetryHistory<E = unknown> {
  /** All failures so far, the latest last. */
  readonly failures: readonly [FailedAttempt<E>, ...ReadonlyArray<FailedAttempt<E>>]
  /** When the first attempt began. */
  readonly startedAt: number
  /** The instant of the decision. */
  readonly now: number
}

/** Try again, after the delay of the policy or another one, or not, and why not. */
export type RetryDecision = { readonly again: true; readonly delay?: DurationInput } | {
  readonly again: false
  readonly why: string
}

/** The short form. Delays: `duration * factor ** (attempts - 1)`, at most `cap`, plus or minus `jitter`. */
export interface RetryOptions<E> {
  /** How many times to try again (2 = at most 3 attempts); absent = for ever. */
  readonly limit?: number
  /** The first delay; default none. */
  readonly backoff?: DurationInput | {
    readonly duration: DurationInput
    /** Default 2; 1 = constant. */
    readonly factor?: number
    readonly cap?: DurationInput
    /** A share of the delay, 0 to 1, added or taken at random; default 0. */
    readonly jitter?: number
  }
  /** No attempt begins later than this after the first attempt began. */
  readonly maxDuration?: DurationInput
  /** Only typed errors for which this answers true are tried again; a task without typed errors cannot have it. */
  readonly while?: [E] extends [never] ? "Declare errors: […] first, `while` is asked about typed errors"
    : (error: E) => boolean
  /** Any schedule typed by the task's errors; combined with `limit`, `while` and `on`. */
  readonly schedule?: ErrorSchedule<E>
  /**
   * Has the last word where all of the above would try again. It is asked once for each failure, in any life of the
   * run, and must depend on nothing but the history.
   */
  readonly decide?: (history: RetryHistory<E>) => RetryDecision
  /** Default `OnFailure` when `while` or `schedule` is given, else `Always`. */
  readonly on?: RetryOn
}

/** A whole retry policy: the short form, or just a schedule typed by the task's errors. */
export type RetryPolicy<E> = RetryOptions<E> | ErrorSchedule<E>

/** A schedule that looks at nothing but the task's errors; without typed errors it looks at nothing. */
export type ErrorSchedule<E> = Schedule.Schedule<unknown, [E] extends [never] ? unknown : E, never, never>

/** An erased, normalised policy, as the engine reads it. Durations are milliseconds. */
export interface Retry {
  readonly limit: number
  readonly duration: number
  readonly factor: number
  readonly cap: number
  readonly jitter: number
  readonly maxDuration: number
  readonly while: ((error: unknown) => boolean) | undefined
  readonly schedule: Schedule.Schedule<unknown, unknown, never, never> | undefined
  readonly on: RetryOn
  readonly decide?: ((history: RetryHistory) => RetryDecision) | undefined
}
