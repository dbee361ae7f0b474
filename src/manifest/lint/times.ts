/** Rules about retries and durations. */
import { didYouMean } from "../decode/didYouMean.ts"
import { durationMillis } from "../duration.ts"
import { ExprError } from "../expr/ExprError.ts"
import { compileExpression } from "../expr/expression.ts"
import type { Memoize, RetryStrategy } from "../Manifest.ts"
import { report, type Subject } from "./Subject.ts"

interface Timed {
  readonly retryStrategy?: RetryStrategy
  readonly activeDeadlineSeconds?: string
  readonly timeout?: string
  readonly memoize?: Memoize
}

/** Durations are durations, counts are counts, expressions parse. */
export const checkTimes = (subject: Subject, item: Timed): void => {
  const { retryStrategy, memoize } = item
  checkDuration(subject, item, "activeDeadlineSeconds", item.activeDeadlineSeconds)
  checkDuration(subject, item, "timeout", item.timeout)
  if (memoize !== undefined) checkMemoize(subject, memoize)
  if (retryStrategy === undefined) return
  const { backoff, expression, limit, retryPolicy } = retryStrategy
  if (limit !== undefined && !limit.includes("{{") && !/^-?\d+$/.test(limit)) {
    report(subject, retryStrategy, "limit", {
      code: "retry",
      message: `The retry limit "${limit}" is not a whole number`
    })
  }
  if (retryPolicy !== undefined && !policies.includes(retryPolicy)) {
    const message = `The retry policy "${retryPolicy}" is unknown`
    report(subject, retryStrategy, "retryPolicy", {
      code: "retry",
      message,
      hint: didYouMean(retryPolicy, policies) || `Known: ${policies.join(", ")}`
    })
  }
  for (const key of ["duration", "maxDuration", "cap"] as const) {
    if (backoff !== undefined) checkDuration(subject, backoff, key, backoff[key])
  }
  checkExpression(subject, retryStrategy, "expression", expression)
}

const policies = ["Always", "OnFailure", "OnError", "OnTransientError"]

const checkDuration = (subject: Subject, container: object, key: string, text: string | undefined): void => {
  if (text === undefined || text === "" || text.includes("{{") || durationMillis(text) !== undefined) return
  report(subject, container, key, {
    code: "duration",
    message: `${key} "${text}" is not a duration`,
    hint: 'Write a number of seconds, or a duration such as "1h30m"'
  })
}

const checkMemoize = (subject: Subject, memoize: Memoize): void => {
  if (memoize.key === undefined || memoize.key === "") {
    report(subject, memoize, "", { code: "memoize", message: "memoize has no key" })
  }
  if (memoize.cache?.configMap?.name === undefined) {
    report(subject, memoize, "", { code: "memoize", message: "memoize has no cache.configMap.name" })
  }
  checkDuration(subject, memoize, "maxAge", memoize.maxAge)
}

/** Reports an expression that does not parse; tags inside it are left out of the check. */
export const checkExpression = (subject: Subject, container: object, key: string, source: string | undefined): void => {
  if (source === undefined || source.includes("{{")) return
  try {
    compileExpression(source)
  } catch (error) {
    if (!(error instanceof ExprError)) throw error
    report(subject, container, key, { code: "expression", message: error.message })
  }
}
