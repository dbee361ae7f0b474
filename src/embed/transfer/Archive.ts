/** What an exported run is as files: one directory `run`, packed as `tar+gzip`. */
import * as Schema from "effect/Schema"
import { Count, Instant, Path } from "../../run/eventSchema.ts"

/** The version of this layout that is written; others are refused. */
export const formatVersion = 1

/** Bytes of one entry of text: a JavaScript string cannot hold much more. */
export const entryBytes: number = 256 * 1024 * 1024

/** How deep the JSON of an archive may be nested; values of runs are at most 1,000 deep. */
export const jsonDepth = 1_100

/** `run.json`. */
export const Manifest = Schema.Struct({
  format: Schema.Number,
  id: Schema.NonEmptyString,
  workflow: Schema.String,
  digest: Schema.String,
  /** The drawn plan as JSON text, when the file has it. */
  plan: Schema.optional(Schema.String),
  exportedAt: Instant
})

/** An archive tells all that a plan says of a node. */
export { wholeText } from "../../plan/stored.ts"

/** What `plan` in `run.json` holds, as far as somebody relies on it. */
export const PlanText = Schema.Struct({
  version: Schema.Literal(1),
  digest: Schema.String,
  plans: Schema.Record(
    Schema.String,
    Schema.Struct({
      name: Schema.String,
      description: Schema.NullOr(Schema.String),
      result: Schema.Array(Schema.String),
      nodes: Schema.Array(Schema.Struct({
        name: Schema.String,
        kind: Schema.String,
        runs: Schema.NullOr(Schema.String),
        description: Schema.NullOr(Schema.String),
        after: Schema.Array(Schema.String),
        reads: Schema.Record(Schema.String, Schema.String),
        depends: Schema.NullOr(Schema.String),
        guarded: Schema.Boolean,
        plan: Schema.NullOr(Schema.String)
      }))
    })
  )
})

/**
 * A line of `artifacts.ndjson`; the bytes of those that were
 * readable are in `artifacts/` under the number of their line.
 */
export const ArtifactLine = Schema.Struct({
  artifact: Schema.NonEmptyString,
  name: Schema.String,
  kind: Schema.Literals(["file", "directory"]),
  archive: Schema.Literals(["none", "tar", "tar+gzip", "zip"]),
  size: Count,
  sha256: Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/)),
  mediaType: Schema.String,
  path: Path,
  attempt: Count,
  hasBytes: Schema.Boolean
})

/** A line of `logs.ndjson`. */
export const LogLineText = Schema.Struct({
  path: Path,
  attempt: Count,
  at: Instant,
  level: Schema.Literals(["debug", "info", "warn", "error"]),
  text: Schema.String,
  data: Schema.optionalKey(Schema.String)
})

/** A line of `events.ndjson`. */
export const EventLine = Schema.Struct({ seq: Count, at: Instant, event: Schema.Unknown })
