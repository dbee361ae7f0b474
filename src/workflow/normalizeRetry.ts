/** From a retry policy as authors write it to the erased form the engine reads. */
import * as Schedule from "effect/Schedule"
import { anything, named, type Rule } from "./admit.ts"
import { type DurationInput, millis } from "./millis.ts"
import type { Retry, RetryOptions, RetryPolicy } from "./Retry.ts"

type Backoff = NonNullable<RetryOptions<unknown>["backoff"]>
type LongBackoff = Extract<Backoff, { readonly duration: DurationInput }>

const isLong = (backoff: Backoff): backoff is LongBackoff =>
  typeof backoff === "object" && backoff !== null && "duration" in backoff

const delays = (backoff: Backoff | undefined): Pick<Retry, "duration" | "factor" | "cap" | "jitter"> => {
  const long = backoff === undefined ? { duration: 0 } : isLong(backoff) ? backoff : { duration: backoff }
  const { cap = "Infinity", duration, factor = 2, jitter = 0 } = long as LongBackoff
  return { duration: millis(duration), factor, cap: millis(cap), jitter }
}

/** The engine's form of a policy; values that make no sense are kept (`NaN`, negative) for the plan to report. */
export const normalizeRetry = <E>(policy: RetryPolicy<E> | undefined): Retry | undefined => {
  if (policy === undefined) return undefined
  // What is not a policy at all is reported as its limit.
  if (typeof policy !== "object" || policy === null) return normalizeRetry({ limit: policy } as RetryPolicy<unknown>)
  const options = (Schedule.isSchedule(policy) ? { schedule: policy } : policy) as RetryOptions<unknown>
  const typed = options.while !== undefined || options.schedule !== undefined
  return Object.freeze({
    limit: options.limit ?? Infinity,
    ...delays(options.backoff),
    maxDuration: millis(options.maxDuration ?? "Infinity"),
    while: options.while,
    schedule: options.schedule,
    decide: options.decide,
    on: options.on ?? (typed ? "OnFailure" : "Always")
  })
}

const backoffRule = named<LongBackoff>({ duration: anything, factor: anything, cap: anything, jitter: anything })

const optionsRule = named<RetryOptions<unknown>>({
  limit: anything,
  backoff: (value) => isLong(value as Backoff) ? backoffRule(value) : undefined,
  maxDuration: anything,
  while: anything,
  schedule: anything,
  decide: anything,
  on: anything
})

/** The rule for a policy: what it names exists. Whether the values make sense is left to the plan. */
export const retryRule: Rule = (value) => {
  normalizeRetry(value as RetryPolicy<unknown>)
  return typeof value !== "object" || value === null || Schedule.isSchedule(value) ? undefined : optionsRule(value)
}
