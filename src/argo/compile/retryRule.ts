/** The decision whether a failed attempt is tried again, in Argo's order. */
import { isTransientText } from "../../run/transient.ts"
import { type Decision, DELAY_MAX } from "../../run/retry.ts"
import { anyWhole, durationFrom, wholeFrom } from "../document/amounts.ts"
import type { RetryStrategy } from "../document/Manifest.ts"
import { isBad, type NodeResult } from "../values/Result.ts"

/** The attempts so far. */
export interface History {
  readonly attempts: ReadonlyArray<NodeResult>
  /** When the first attempt began, in milliseconds since the epoch. */
  readonly firstStartedAt: number
  readonly now: number
  /** `Stop` or `Terminate` while the run is being ended. */
  readonly strategy: string | undefined
  /** Whether `retryStrategy.expression` holds; called only when it is needed. */
  readonly expressionHolds: () => boolean
}

/** How often it is tried again at most. Throws BadArgument. */
export const limitOf = ({ limit }: RetryStrategy): number =>
  limit === undefined ? Infinity : wholeFrom("retryStrategy.limit", limit, anyWhole)

/** Decides after the last attempt. Throws BadArgument. */
export const decide = (strategy: RetryStrategy, history: History): Decision => {
  const last = history.attempts.at(-1)!
  if (!isBad(last)) return stop("")
  if (history.strategy !== undefined) return stop(`Stopped with strategy '${history.strategy}'`)
  const backoff = delayOf(strategy, history)
  if (typeof backoff === "string") return stop(backoff)
  if (!allows(strategy, last)) return stop(last.message ?? "")
  if (history.attempts.length > limitOf(strategy)) {
    return stop("No more retries left")
  }
  if (strategy.expression !== undefined && strategy.expression !== "" && !history.expressionHolds()) {
    return stop("retryStrategy.expression evaluated to false")
  }
  return { again: true, delay: backoff }
}

const stop = (why: string): Decision => ({ again: false, why })

const delayOf = ({ backoff }: RetryStrategy, history: History): number | string => {
  if (backoff === undefined) return 0
  const factor = backoff.factor === undefined || backoff.factor === ""
    ? 1
    : wholeFrom("backoff.factor", backoff.factor) || 1
  const growth = Math.min(factor ** (history.attempts.length - 1), Number.MAX_SAFE_INTEGER)
  const delay = Math.min(timeOf(backoff, "cap", DELAY_MAX), timeOf(backoff, "duration", 0) * growth)
  const most = timeOf(backoff, "maxDuration", Infinity)
  const spent = history.now - history.firstStartedAt
  if (spent > most) return "Max duration limit exceeded"
  return spent + delay > most ? "Backoff would exceed max duration limit" : delay
}

const timeOf = (
  backoff: NonNullable<RetryStrategy["backoff"]>,
  name: "cap" | "duration" | "maxDuration",
  otherwise: number
): number => {
  const text = backoff[name] ?? ""
  return text === "" ? otherwise : durationFrom(`backoff.${name}`, text)
}

const allows = ({ expression, retryPolicy }: RetryStrategy, last: NodeResult): boolean => {
  const policy = retryPolicy ?? (expression === undefined || expression === "" ? "OnFailure" : "Always")
  if (policy === "Always") return true
  if (policy === "OnError") return last.phase === "Error"
  if (policy === "OnTransientError") return isTransientText(last.message ?? "")
  return last.phase === "Failed"
}
