/** What a source answered, as a limit. Pure. */
import { LimitUnavailable } from "./LimitUnavailable.ts"

/**
 * A non-negative integer, given as a number or as its decimal text;
 * everything else is a permanent error that names the source.
 */
export const limitOf = (value: unknown, source: string): number | LimitUnavailable => {
  const number = typeof value === "string" && /^\s*\d+\s*$/.test(value) ? Number(value) : value
  if (typeof number === "number" && Number.isSafeInteger(number) && number >= 0) return number
  if (value === undefined || value === null) {
    return new LimitUnavailable({ reason: "NotFound", message: `The limit is missing in ${source}` })
  }
  const shown = JSON.stringify(value) ?? String(value)
  return new LimitUnavailable({
    reason: "NotANumber",
    message: `The limit in ${source} is ${shown.slice(0, 100)}: it must be a whole number, 0 or more`
  })
}

/** Any rejection of a source as an error with a kind: what looks like a passing fault may be tried again. */
export const unavailable = (error: unknown, source: string): LimitUnavailable => {
  if (error instanceof LimitUnavailable) return error
  const message = `The limit cannot be read from ${source}: ${wordsOf(error)}`
  return new LimitUnavailable({ reason: isTransientFault(error) ? "Unreachable" : "Refused", message })
}

/** What an error says, with what its causes and members say. */
const wordsOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const members = error instanceof AggregateError ? error.errors.map(wordsOf).join("; ") : ""
  const cause = error.cause === undefined ? "" : wordsOf(error.cause)
  return [error.message, members, error.message.includes(cause) ? "" : cause].filter((it) => it !== "").join(": ")
}

const transientCodes =
  /ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|EPIPE|EBUSY|EMFILE|EAGAIN|SQLITE_BUSY|UND_ERR|timeout|timed out|fetch failed/i

const isTransientFault = (error: unknown): boolean => {
  if (typeof error !== "object" || error === null) return false
  if ("isRetryable" in error) return error.isRetryable === true
  const code = "code" in error ? String(error.code) : ""
  const cause = "cause" in error ? error.cause : undefined
  return transientCodes.test(code) || transientCodes.test("message" in error ? String(error.message) : "") ||
    isTransientFault(cause)
}
