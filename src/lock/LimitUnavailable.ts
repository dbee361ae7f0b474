/** Why a limit could not be read. */
import * as Schema from "effect/Schema"

/** A limit could not be read: `isRetryable` says whether the same source may answer later by itself. */
export class LimitUnavailable extends Schema.TaggedError<LimitUnavailable>()("LimitUnavailable", {
  reason: Schema.Literals(["Unreachable", "Refused", "NotFound", "NotANumber", "Malformed"]),
  message: Schema.String
}) {
  /** Whether trying again may help. */
  get isRetryable(): boolean {
    return this.reason === "Unreachable"
  }
}
