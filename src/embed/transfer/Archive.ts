/** What an exported run is as files: one directory `run`, packed as `tar+gzip`. */
import * as Schema from "effect/Schema"

/** The version of this layout that is written; others are refused. */
export const formatVersion = 1

/** `run.json`. */
export const Manifest = Schema.Struct({
  format: Schema.Number,
  id: Schema.String,
  workflow: Schema.String,
  digest: Schema.String,
  /** The drawn plan as JSON text, when the file has it. */
  plan: Schema.optional(Schema.String),
  exportedAt: Schema.Number
})

/** A line of `artifacts.ndjson`; the bytes of those that were readable are in `artifacts/` under the number of their line. */
export const ArtifactLine = Schema.Struct({
  artifact: Schema.String,
  name: Schema.String,
  kind: Schema.Literals(["file", "directory"]),
  archive: Schema.Literals(["none", "tar", "tar+gzip", "zip"]),
  size: Schema.Number,
  sha256: Schema.String,
  mediaType: Schema.String,
  path: Schema.String,
  attempt: Schema.Number,
  hasBytes: Schema.Boolean
})

/** A line of `logs.ndjson`. */
export const LogLineText = Schema.Struct({
  path: Schema.String,
  attempt: Schema.Number,
  at: Schema.Number,
  level: Schema.String,
  text: Schema.String
})

/** A line of `events.ndjson`. */
export const EventLine = Schema.Struct({ seq: Schema.Number, at: Schema.Number, event: Schema.Unknown })
