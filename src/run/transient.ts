/** Which failures pass by themselves. The list is short and documented, because `OnTransientError` acts on it. */
import type { Reason } from "./Phase.ts"

const CODES = [
  "ECONNRESET",
  "ECONNREFUSED",
  "ECONNABORTED",
  "ETIMEDOUT",
  "ESOCKETTIMEDOUT",
  "EAI_AGAIN",
  "EPIPE",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
  "ENETRESET",
  "EBUSY",
  "EAGAIN",
  "SQLITE_BUSY",
  "SQLITE_LOCKED",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_SOCKET"
]

const PHRASES = [
  "socket hang up",
  "connection reset",
  "connection refused",
  "connection closed",
  "network error",
  "fetch failed",
  "broken pipe",
  "timed? ?-?out",
  "too many requests",
  "rate ?limit",
  "bad gateway",
  "service unavailable",
  "gateway time-?out",
  "temporarily unavailable",
  "try again later",
  "database is locked",
  "TLS handshake",
  "unexpected EOF"
]

/**
 * What a tag or message of a transient failure contains: system error
 * codes, HTTP 408, 425, 429, 502, 503, 504, and common phrases.
 */
const TRANSIENT = new RegExp(`\\b(?:${CODES.join("|")}|408|425|429|502|503|504)\\b|${PHRASES.join("|")}`, "i")

/** Whether a message alone tells of a failure that is likely to pass by itself. */
export const isTransientText = (message: string): boolean => TRANSIENT.test(message)

const flag = (error: unknown, name: "isRetryable" | "isTransient"): unknown =>
  typeof error === "object" && error !== null ? (error as Record<string, unknown>)[name] : undefined

/**
 * Whether a failure is likely to pass by itself: the error says so (`isRetryable` or `isTransient`, either answer is
 * final), it was a timeout, no worker took it in time, or its tag or message contains one of the patterns.
 */
export const isTransient = (failure: {
  readonly reason: Reason
  readonly error: unknown
  readonly tag: string
  readonly message: string
}): boolean => {
  const said = flag(failure.error, "isRetryable") ?? flag(failure.error, "isTransient")
  if (typeof said === "boolean") return said
  if (failure.reason === "Timeout" || failure.reason === "NoWorker") return true
  return isTransientText(failure.tag) || isTransientText(failure.message)
}
