/**
 * What an event must look like that comes from outside, and is
 * not written by this engine: the decoder of each type of event.
 *
 * Values of authors (inputs, outputs, data of errors) are any
 * JSON here; their own schemas decode them when they are read.
 */
import { cacheModes } from "./cacheMode.ts"
import * as Schema from "effect/Schema"
import type { Event, NodeKind, RunKind } from "./Event.ts"
import { lastInstant } from "./instant.ts"
import { depth } from "./path.ts"
import type { Reason, TerminalPhase, Waiting } from "./Phase.ts"

/** Deeper than any limit of an engine: manifests are allowed 1,000. */
const deepestPath = 2_000

const all = <K extends string>(words: Readonly<Record<K, true>>) => Schema.Literals(Object.keys(words) as Array<K>)

const between = (minimum: number, maximum: number) =>
  Schema.Number.check(
    Schema.makeFilter((value) =>
      Number.isSafeInteger(value) && value >= minimum && value <= maximum ||
      `a whole number from ${minimum} to ${maximum}, and it is ${value}`
    )
  )

/** Whole numbers from 0 that a column can hold. */
export const Count: Schema.Codec<number> = between(0, Number.MAX_SAFE_INTEGER)

/** Numbers that count from 1. */
const Ordinal: Schema.Codec<number> = between(1, Number.MAX_SAFE_INTEGER)

/** Milliseconds since the epoch, as a clock can give them. */
export const Instant: Schema.Codec<number> = between(0, lastInstant)

/** The path of a node. */
export const Path: Schema.Codec<string> = Schema.String.check(Schema.makeFilter((path) => {
  if (path === "") return "the path of a node, and it is empty"
  if (/[\p{Cc}\p{Cs}]/u.test(path)) return "a path without control characters"
  return depth(path) <= deepestPath || `a path that is nested at most ${deepestPath} deep`
}))

const optional = Schema.optionalKey

const kinds = all<NodeKind>({
  task: true,
  workflow: true,
  map: true,
  suspend: true,
  run: true,
  exit: true,
  hook: true,
  compensate: true
})

const runKinds = all<RunKind>({ typed: true, manifest: true })

const waits = all<Waiting>({ Retry: true, Suspended: true, Signal: true, Timer: true, Permit: true, Run: true })

const terminals = all<TerminalPhase>({ Succeeded: true, Failed: true, Error: true, Skipped: true, Omitted: true })

const reasons = all<Reason>({
  TaskFailed: true,
  Timeout: true,
  Stopped: true,
  Terminated: true,
  FailFast: true,
  ChildFailed: true,
  ExitHandlerFailed: true,
  CompensationFailed: true,
  Compensating: true,
  Defect: true,
  BadInput: true,
  BadOutput: true,
  BadGuard: true,
  BadLimit: true,
  NoWorker: true,
  Crashed: true,
  LimitExceeded: true,
  ChildErrored: true,
  When: true,
  Depends: true,
  Continued: true
})

const encodedError = Schema.Struct({
  tag: Schema.String,
  message: Schema.String,
  data: optional(Schema.Unknown),
  stack: optional(Schema.String)
})

const endings = Schema.Struct({
  phase: terminals,
  reason: optional(reasons),
  message: optional(Schema.String),
  output: optional(Schema.Unknown),
  error: optional(encodedError),
  cause: optional(Schema.String)
})

const shown = Schema.Struct({ name: Schema.String, displayName: Schema.String, type: Schema.String })

const emitted = Schema.Struct({
  name: Schema.String,
  help: Schema.String,
  type: Schema.Literals(["counter", "gauge", "histogram"]),
  labels: Schema.Record(Schema.String, Schema.String),
  value: Schema.Finite,
  operation: optional(Schema.Literals(["add", "sub"])),
  buckets: optional(Schema.Array(Schema.Finite)),
  passing: optional(Schema.Literal(true))
})

const saved = Schema.Struct({
  artifact: Schema.String,
  name: Schema.String,
  kind: Schema.Literals(["file", "directory"]),
  archive: Schema.Literals(["none", "tar", "tar+gzip", "zip"]),
  store: Schema.String,
  key: Schema.String,
  size: Count,
  sha256: Schema.String,
  mediaType: Schema.String,
  gc: Schema.String
})

const cacheNote = Schema.Struct({
  name: Schema.String,
  key: optional(Schema.String),
  parts: optional(Schema.Array(Schema.Array(Schema.Unknown))),
  off: optional(Schema.String)
})

const takes = Schema.Array(Schema.Tuple([Schema.String, Schema.Finite]))

const actor = Schema.Struct({
  name: Schema.String,
  via: Schema.Literals(["library", "command", "server"]),
  pid: optional(Count)
})

const startRule = Schema.Struct({
  after: optional(Instant),
  debounce: optional(Schema.String),
  singleton: optional(Schema.String),
  line: optional(Schema.String),
  replaces: optional(Schema.String)
})

const reused = Schema.Struct({ path: Path, key: Schema.String, at: Instant, millis: Count })

type Of<T extends Event["type"]> = Extract<Event, { readonly type: T }>

/** Every field of every type of event stands here, so that none is taken in unseen. */
type Decoders = {
  readonly [T in Event["type"]]: { readonly [K in Exclude<keyof Of<T>, "type">]-?: Schema.Top }
}

const decoders = {
  RunCreated: {
    workflow: Schema.String,
    digest: Schema.String,
    input: Schema.Unknown,
    priority: between(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    labels: Schema.Record(Schema.String, Schema.String),
    origin: optional(Schema.Struct({
      run: Schema.String,
      how: Schema.Literals(["resubmit", "fork", "continue"]),
      span: optional(Schema.Struct({ traceId: Schema.String, spanId: Schema.String }))
    })),
    kind: optional(runKinds),
    definition: optional(Schema.String),
    suspended: optional(Schema.Boolean),
    trace: optional(
      Schema.Struct({ traceId: Schema.String, spanId: optional(Schema.String), sampled: Schema.Boolean })
    ),
    rule: optional(startRule),
    by: optional(actor)
  },
  RunInputReplaced: { input: Schema.Unknown },
  RunStarted: { owner: Count },
  RunLeft: {},
  RunHeld: { message: Schema.String },
  RunMigrated: {
    workflow: Schema.String,
    digest: Schema.String,
    lost: optional(Schema.Struct({ epoch: Ordinal, reset: Schema.Array(Path) })),
    by: optional(actor)
  },
  MetricsEmitted: { of: Path, metrics: Schema.Array(emitted) },
  RunSuspended: { by: optional(actor) },
  RunResumed: { by: optional(actor) },
  RunCompensating: {},
  RunStopping: {
    mode: Schema.Literals(["stop", "undo", "terminate"]),
    message: optional(Schema.String),
    by: optional(actor)
  },
  RunRetried: {
    epoch: Ordinal,
    reset: Schema.Array(Path),
    input: optional(Schema.Unknown),
    cache: optional(Schema.Literals(cacheModes)),
    undo: optional(Schema.Literal(true)),
    by: optional(actor)
  },
  RunFinished: { ending: endings, deleteAt: optional(Instant) },
  NodeStarted: {
    path: Path,
    kind: kinds,
    input: optional(Schema.Unknown),
    shows: optional(shown),
    attempts: optional(Count),
    cache: optional(cacheNote),
    on: optional(Schema.String),
    undo: optional(Schema.Literal(true)),
    takes: optional(takes)
  },
  AttemptStarted: {
    path: Path,
    attempt: Ordinal,
    rerun: Count,
    attempts: optional(Count),
    on: optional(Schema.String),
    takes: optional(takes)
  },
  AttemptFailed: {
    path: Path,
    attempt: Ordinal,
    phase: Schema.Literals(["Failed", "Error"]),
    reason: reasons,
    message: optional(Schema.String),
    error: encodedError,
    delay: Schema.Finite,
    nextAt: Instant
  },
  NodeWaiting: {
    path: Path,
    kind: optional(kinds),
    shows: optional(shown),
    waiting: waits,
    until: optional(Instant),
    refused: optional(Schema.String)
  },
  NodeSignalled: { path: Path, kind: optional(kinds), value: Schema.Unknown, by: optional(actor) },
  NodeProgress: { path: Path, done: Schema.Finite, total: Schema.Finite, note: optional(Schema.String) },
  ArtifactSaved: { path: Path, attempt: Ordinal, artifact: saved },
  NodeFinished: {
    path: Path,
    kind: optional(kinds),
    ending: endings,
    from: optional(Schema.String),
    reused: optional(reused),
    shows: optional(shown),
    input: optional(Schema.Unknown)
  }
} satisfies Decoders

/** The fields of each type of event, besides its type. */
export const eventFields: Readonly<Record<Event["type"], ReadonlyArray<string>>> = Object.fromEntries(
  Object.entries(decoders).map(([type, fields]) => [type, Object.keys(fields)])
) as never

const schemas = new Map<string, Schema.Codec<unknown>>(
  Object.entries(decoders).map(([type, fields]) => [
    type,
    Schema.Struct({ type: Schema.Literal(type), ...(fields as Schema.Struct.Fields) }) as never
  ])
)

/** The value as an event, as it is; throws an error whose message says what is wrong with it. */
export const asEvent = (value: unknown): Event => {
  const type = typeof value === "object" && value !== null && "type" in value ? value.type : undefined
  const schema = typeof type === "string" ? schemas.get(type) : undefined
  if (schema === undefined) {
    throw new TypeError(
      type === undefined
        ? "it is not an event: it has no type"
        : `this program knows no event of type ${JSON.stringify(type)}`
    )
  }
  Schema.decodeUnknownSync(schema)(value)
  return value as Event
}
