/**
 * Whether a failed attempt is tried again, and when. Asked in a fixed order: reasons that are final, policy (`on`),
 * limit, `while`, schedule, `decide`, and last whether the next attempt would begin too late.
 */
import { instantText } from "./instant.ts"
import { millis } from "../workflow/millis.ts"
import { shown } from "../workflow/values.ts"
import type { FailedAttempt, Retry, RetryDecision, RetryHistory, RetryOn } from "../workflow/Retry.ts"
import type { Reason } from "./Phase.ts"
import type { NodeRow } from "./State.ts"
import { isTransient } from "./transient.ts"

/**
 * A failed attempt: `error` is the decoded typed error (`undefined`
 * for all other failures), `at` the instant it ended, in milliseconds.
 */
export interface Failure {
  readonly phase: "Failed" | "Error"
  readonly reason: Reason
  readonly error: unknown
  readonly tag: string
  readonly message: string
  readonly at: number
}

/**
 * What the schedule of a policy answered: the delay in
 * milliseconds, that it is over, or `undefined` when there is none.
 */
export type Scheduled = { readonly delay: number } | "done" | undefined

/**
 * What a decision looks at: `attempt` is the number of the failed
 * attempt in this epoch, instants are milliseconds since the epoch.
 */
export interface RetryInput {
  readonly attempt: number
  readonly firstStartedAt: number
  readonly now: number
  readonly failure: Failure
  /** Gives a number from 0 (included) to 1 (excluded); called at most once, only when there is jitter. */
  readonly random: () => number
  readonly scheduled?: Scheduled
  /** The failures before this one; only looked at by `decide`. */
  readonly before?: () => ReadonlyArray<FailedAttempt>
}

/** Try again after `delay` milliseconds, or not, and why not. */
export type Decision = { readonly again: true; readonly delay: number } | {
  readonly again: false
  readonly why: string
}

/**
 * The longest delay, in milliseconds (100 years): whatever the
 * policy multiplies out to, the next instant stays a valid date.
 */
export const DELAY_MAX = 3_155_760_000_000

const FINAL: Readonly<Partial<Record<Reason, string>>> = {
  Stopped: "the run was stopped",
  Terminated: "the run was terminated",
  FailFast: "another node failed and the workflow fails fast",
  LimitExceeded: "a limit was exceeded, which trying again does not change",
  Crashed: "its process died in the attempt and the task must not run twice"
}

const matches: Readonly<Record<RetryOn, (failure: Failure) => boolean>> = {
  Always: () => true,
  OnFailure: ({ phase }) => phase === "Failed",
  OnError: ({ phase }) => phase === "Error",
  OnTransientError: isTransient
}

type Rule = (retry: Retry, input: RetryInput) => string | undefined

const byReason: Rule = (_, { failure }) => FINAL[failure.reason]

const byPolicy: Rule = ({ on }, { failure }) =>
  matches[on](failure)
    ? undefined
    : `the policy ${on} does not cover this failure (${failure.phase}, ${failure.reason})`

const byLimit: Rule = ({ limit }, { attempt }) =>
  attempt > limit ? `no more retries left (limit ${limit}, attempt ${attempt})` : undefined

const byWhile: Rule = (retry, { failure }) => {
  if (retry.while === undefined) return undefined
  if (failure.error === undefined) return "the retry condition (while) covers typed errors only"
  try {
    return retry.while(failure.error) ? undefined : `the retry condition (while) returned false for ${failure.tag}`
  } catch (defect) {
    return `the retry condition (while) threw: ${defect instanceof Error ? defect.message : String(defect)}`
  }
}

const bySchedule: Rule = (_, { scheduled }) => scheduled === "done" ? "the retry schedule is over" : undefined

const rules: ReadonlyArray<Rule> = [byReason, byPolicy, byLimit, byWhile, bySchedule]

const within = (delay: number, cap: number): number => {
  const bound = cap >= 0 ? Math.min(cap, DELAY_MAX) : DELAY_MAX
  return delay > 0 ? Math.ceil(Math.min(delay, bound)) : 0
}

/**
 * The delay after attempt `attempt` (from 1) before jitter: `duration * factor ** (attempt - 1)`, from 0 to the cap.
 */
export const backoff = (retry: Retry, attempt: number): number =>
  retry.duration > 0 ? within(retry.duration * retry.factor ** (attempt - 1), retry.cap) : 0

const delayOf = (retry: Retry, { attempt, random, scheduled }: RetryInput): number => {
  const plain = backoff(retry, attempt)
  const own = retry.jitter > 0 && plain > 0 ? within(plain * (1 + retry.jitter * (2 * random() - 1)), retry.cap) : plain
  return typeof scheduled === "object" ? Math.max(own, within(scheduled.delay, DELAY_MAX)) : own
}

const asTold = (number: number, { at, error, message, phase, reason, tag }: Failure): FailedAttempt => ({
  attempt: number,
  phase,
  reason,
  tag,
  message,
  error,
  at
})

const historyOf = ({ attempt, before = () => [], failure, firstStartedAt, now }: RetryInput): RetryHistory => ({
  failures: [...before(), asTold(attempt, failure)] as unknown as RetryHistory["failures"],
  startedAt: firstStartedAt,
  now
})

const isDecision = (value: unknown): value is RetryDecision =>
  typeof value === "object" && value !== null && "again" in value && typeof value.again === "boolean"

/** What the policy's own decision says; what cannot be used is a reason to stop. */
const decided = (retry: Retry, input: RetryInput): Partial<Decision & { again: true }> | string => {
  if (retry.decide === undefined) return {}
  try {
    const decision: unknown = retry.decide(historyOf(input))
    if (!isDecision(decision)) return `the retry decision (decide) gave ${shown(decision)}, not { again }`
    if (!decision.again) return String(decision.why)
    if (decision.delay === undefined) return {}
    const delay = millis(decision.delay)
    return delay >= 0 ? { delay: within(delay, DELAY_MAX) } : "the retry decision (decide) gave a delay that is none"
  } catch (defect) {
    return `the retry decision (decide) threw: ${defect instanceof Error ? defect.message : String(defect)}`
  }
}

/**
 * Whether a failed attempt is followed by another one, and after which delay; with a schedule, the longer of the two
 * delays counts, and one that `decide` gives counts alone.
 */
export const decideRetry = (retry: Retry, input: RetryInput): Decision => {
  for (const rule of rules) {
    const why = rule(retry, input)
    if (why !== undefined) return { again: false, why }
  }
  const own = decided(retry, input)
  if (typeof own === "string") return { again: false, why: own }
  const delay = own.delay ?? delayOf(retry, input)
  if (input.now + delay > input.firstStartedAt + retry.maxDuration) {
    return { again: false, why: `the next attempt would begin after maxDuration (${retry.maxDuration} ms)` }
  }
  return { again: true, delay }
}

/** How many attempts a policy allows, as it is recorded where an attempt begins; nothing where there is no bound. */
export const boundOf = (retry: Pick<Retry, "limit"> | undefined): { readonly attempts?: number } =>
  retry !== undefined && Number.isFinite(retry.limit) ? { attempts: Math.max(0, Math.floor(retry.limit)) + 1 } : {}

/** An attempt by its number, and of how many where that is known (else `attempts` is 0): "attempt 2/4". */
export const attemptText = (attempt: number, attempts: number): string =>
  `attempt ${attempt}${attempts === 0 ? "" : `/${attempts}`}`

/** Where the node of a row stands in its policy: "attempt 3/5, next at 14:02:11 UTC". */
export const standingText = (
  { attempt, attempts, until, waiting }: Pick<NodeRow, "attempt" | "attempts" | "until" | "waiting">,
  now: number
): string => `${attemptText(attempt, attempts)}${waiting === "Retry" ? `, next at ${instantText(until, now)}` : ""}`
