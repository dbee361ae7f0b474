/** Rules about retries and memo tables. */
import { didYouMean } from "../document/decode/didYouMean.ts"
import { ExprError } from "../language/expr/ExprError.ts"
import { compileExpression } from "../language/expr/expression.ts"
import type { Memoize, RetryStrategy } from "../document/Manifest.ts"
import { report, type Subject } from "./Subject.ts"

interface Timed {
  readonly retryStrategy?: RetryStrategy
  readonly memoize?: Memoize
}

/** Policies are known, memo tables named, expressions parse; amounts were looked at when they were read. */
export const checkTimes = (subject: Subject, { memoize, retryStrategy }: Timed): void => {
  if (memoize !== undefined) checkMemoize(subject, memoize)
  if (retryStrategy === undefined) return
  const { expression, retryPolicy } = retryStrategy
  if (retryPolicy !== undefined && !policies.includes(retryPolicy)) {
    const message = `The retry policy "${retryPolicy}" is unknown`
    report(subject, retryStrategy, "retryPolicy", {
      code: "retry",
      message,
      hint: didYouMean(retryPolicy, policies) || `Known: ${policies.join(", ")}`
    })
  }
  checkExpression(subject, retryStrategy, "expression", expression)
}

const policies = ["Always", "OnFailure", "OnError", "OnTransientError"]

const checkMemoize = (subject: Subject, memoize: Memoize): void => {
  if (memoize.key === undefined || memoize.key === "") {
    report(subject, memoize, "", { code: "memoize", message: "memoize has no key" })
  }
  if (memoize.cache?.configMap?.name === undefined) {
    report(subject, memoize, "", { code: "memoize", message: "memoize has no cache.configMap.name" })
  }
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
