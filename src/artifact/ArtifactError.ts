/** The one error of stores and archives. */
import * as Schema from "effect/Schema"

const reasons = [
  "NotFound",
  "Exists",
  "InvalidKey",
  "InvalidRange",
  "AccessDenied",
  "Unreachable",
  "Throttled",
  "NoSpace",
  "NoStore",
  "TooLarge",
  "Corrupt",
  "Unsafe",
  "Unsupported",
  "Io"
] as const

/**
 * What went wrong:
 * - `NotFound` there is no object with this key; `Exists` there is one already and the put asked that there be none
 * - `InvalidKey`, `InvalidRange` the argument can never work
 * - `AccessDenied` the credentials or file permissions do not allow it, or there are none
 * - `Unreachable` the store did not answer, broke off or failed in itself; `Throttled` it asked to be called less often
 * - `NoSpace` the disk or quota is full; `NoStore` the bucket or directory itself is missing
 * - `TooLarge` a stated bound was passed; `Corrupt` the bytes are not those that were promised
 * - `Unsafe` an archive entry tried to leave its directory or to be something other than a file, directory or link
 * - `Unsupported` the store, format or file cannot do this; `Io` the device failed
 */
export const ArtifactReason: Schema.Literals<typeof reasons> = Schema.Literals(reasons)

/** What went wrong with an artifact's bytes; see the value of the same name. */
export type ArtifactReason = typeof ArtifactReason.Type

/** What was being done. */
export type ArtifactOperation = "put" | "get" | "stat" | "list" | "delete" | "sweep" | "pack" | "unpack"

/**
 * A store or an archive could not do what was asked. `store` names the store and its bucket or directory, without
 * credentials; `key` is the object's key, the prefix of a list, or the entry of an archive; `message` says what, why
 * and what to do.
 */
export class ArtifactError extends Schema.TaggedError<ArtifactError>()("ArtifactError", {
  reason: ArtifactReason,
  operation: Schema.String,
  store: Schema.String,
  key: Schema.String,
  message: Schema.String
}) {
  /** Whether the same call may succeed later without anybody acting. */
  get isRetryable(): boolean {
    return this.reason === "Unreachable" || this.reason === "Throttled"
  }
}

/** Makes an error whose message names the operation, the key and the store before the cause. */
export const artifactError = (
  reason: ArtifactReason,
  at: { readonly operation: ArtifactOperation; readonly store: string; readonly key: string },
  cause: string
): ArtifactError =>
  new ArtifactError({
    ...at,
    reason,
    message: `Cannot ${at.operation}${
      at.operation === "sweep" ? "" : ` ${JSON.stringify(at.key)}`
    } (${at.store}): ${cause}`
  })
