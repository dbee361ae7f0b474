/** The one error of storage. */
import * as Schema from "effect/Schema"

const reasons = [
  "Unwritable",
  "NotFound",
  "NotADatabase",
  "Corrupt",
  "Full",
  "Locked",
  "Io",
  "Replaced",
  "NewerSchema",
  "OlderSchema",
  "Fenced",
  "Exists",
  "Stale",
  "Conflict",
  "Invalid",
  "Unreadable",
  "Closed",
  "UnsupportedRuntime"
] as const

/** What went wrong in storage; `Locked` and `Busy…` style causes that may pass are retryable, the others are not. */
export const JournalReason: Schema.Literals<typeof reasons> = Schema.Literals(reasons)

/** What went wrong in storage. */
export type JournalReason = typeof JournalReason.Type

/** Storage could not do what was asked; `message` says what, why and what to do next. */
export class JournalError extends Schema.TaggedError<JournalError>()("JournalError", {
  reason: JournalReason,
  message: Schema.String
}) {
  /** Whether the same call may succeed later without anybody acting. */
  get isRetryable(): boolean {
    return this.reason === "Locked"
  }

  /** Whether the record of one run cannot be read: storage itself is well, and everything else goes on. */
  get concernsOneRun(): boolean {
    return this.reason === "Unreadable"
  }

  /** Whether storage cannot be had just now, and can be later. */
  get isPassing(): boolean {
    return ["Io", "Full", "Unwritable"].includes(this.reason)
  }

  /** Whether a process that lost its journal for this reason may go on under another number (`Incarnations.ts`). */
  get endsNumberOnly(): boolean {
    return this.reason === "Fenced" || this.isPassing
  }

  /**
   * Whether only one append was refused, because of what it holds: storage itself is well, and everything else goes on.
   */
  get concernsOneAppend(): boolean {
    return ["Conflict", "Exists", "Invalid", "Stale"].includes(this.reason)
  }
}
