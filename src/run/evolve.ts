/**
 * How events change rows. Applying events one by one and folding
 * them all give the same rows, so rows can be rebuilt at any time.
 *
 * Rules: a terminal row is changed by `RunRetried` only. The first attempt begins with `NodeStarted`; `AttemptStarted`
 * is needed for later attempts, for the re-run of an attempt, and where the first attempt begins later than its node.
 * `owner` is never touched here.
 */
import { cacheLabel } from "./cacheMode.ts"
import type { Event, Json, NodeEvent, NodeKind, Recorded, RunEvent, Shown, Stopping } from "./Event.ts"
import { isTerminal, type Phase, type Reason, type Waiting } from "./Phase.ts"
import type { NodeRow, RunRow } from "./State.ts"

type Of<E extends Event, T extends E["type"]> = Extract<E, { readonly type: T }>

/** The rows of one run. */
export interface Rows {
  readonly run: RunRow
  readonly nodes: Map<string, NodeRow>
}

/** The row of a new run; `RunCreated` is its first event. */
export const createRun = (key: number, id: string, event: Of<RunEvent, "RunCreated">, at: number): RunRow => ({
  key,
  id,
  workflow: event.workflow,
  digest: event.digest,
  kind: event.kind ?? "typed",
  definition: event.definition ?? null,
  phase: "Pending",
  reason: null,
  message: null,
  epoch: 1,
  priority: event.priority,
  labels: event.labels,
  owner: null,
  suspended: event.suspended ?? false,
  stopping: null,
  held: null,
  origin: event.origin?.run ?? null,
  createdAt: at,
  startedAt: 0,
  finishedAt: 0,
  inputSeq: 1,
  resultSeq: 0,
  deleteAt: 0
})

const retried = (row: RunRow, event: Of<RunEvent, "RunRetried">, seq: number, at: number): RunRow => ({
  ...row,
  phase: "Running",
  reason: null,
  message: null,
  epoch: event.epoch,
  labels: event.cache === undefined ? row.labels : { ...row.labels, [cacheLabel]: event.cache },
  suspended: false,
  stopping: event.undo === true ? "undo" : null,
  held: null,
  // The timeout of a run counts anew for each epoch.
  startedAt: at,
  finishedAt: 0,
  inputSeq: event.input === undefined ? row.inputSeq : seq,
  resultSeq: 0,
  deleteAt: 0
})

const finished = (row: RunRow, event: Of<RunEvent, "RunFinished">, seq: number, at: number): RunRow => ({
  ...row,
  phase: event.ending.phase,
  reason: event.ending.reason ?? null,
  message: event.ending.message ?? null,
  suspended: false,
  stopping: null,
  held: null,
  // A clock that was set back ends nothing before it began.
  finishedAt: Math.max(at, row.startedAt, row.createdAt),
  resultSeq: seq,
  deleteAt: event.deleteAt ?? 0
})

/** The row of a run after one of its events. */
export const evolveRun = (row: RunRow, event: RunEvent, seq: number, at: number): RunRow => {
  if (event.type === "RunRetried") return retried(row, event, seq, at)
  if (isTerminal(row.phase)) return row
  switch (event.type) {
    case "RunCreated":
    case "RunLeft":
    case "MetricsEmitted":
      return row
    case "RunInputReplaced":
      return { ...row, inputSeq: seq }
    case "RunStarted":
      return { ...row, phase: "Running", held: null, startedAt: row.phase === "Pending" ? at : row.startedAt }
    case "RunHeld":
      return { ...row, held: event.message }
    case "RunMigrated":
      return {
        ...row,
        workflow: event.workflow,
        digest: event.digest,
        epoch: event.lost?.epoch ?? row.epoch,
        held: null
      }
    case "RunSuspended":
      return { ...row, suspended: row.stopping === null }
    case "RunResumed":
      return { ...row, suspended: false }
    case "RunCompensating":
      return { ...row, reason: "Compensating" }
    case "RunStopping":
      return stopping(row, event)
    case "RunFinished":
      return finished(row, event, seq, at)
  }
}

// Ending goes before pausing: a suspended run that is stopped must
// be able to run its exit handlers. What was asked for is never softened.
const stopping = (row: RunRow, event: Of<RunEvent, "RunStopping">): RunRow => ({
  ...row,
  suspended: false,
  stopping: harder(row.stopping, event.mode),
  message: event.message ?? row.message
})

const hardness: Readonly<Record<Stopping, number>> = { stop: 1, undo: 2, terminate: 3 }

const harder = (known: Stopping | null, asked: Stopping): Stopping =>
  known !== null && hardness[known] > hardness[asked] ? known : asked

/**
 * A row without events. A class: V8 puts object literals that outlive its young generation a few times into the old one
 * from then on, and there is a row for each event, of which only the last one of each node is kept.
 */
class BlankNode implements NodeRow {
  readonly run: number
  readonly path: string
  kind: NodeKind
  phase: Phase
  reason: Reason | null
  message: string | null
  epoch: number
  attempt: number
  attempts: number
  base: number
  reruns: number
  waiting: Waiting | null
  until: number
  progress: NodeRow["progress"]
  startedAt: number
  finishedAt: number
  inputSeq: number
  signalSeq: number
  resultSeq: number

  constructor(path: string, kind: NodeKind, run: number, epoch: number) {
    this.run = run
    this.path = path
    this.kind = kind
    this.phase = "Pending"
    this.reason = null
    this.message = null
    this.epoch = epoch
    this.attempt = 0
    this.attempts = 0
    this.base = 0
    this.reruns = 0
    this.waiting = null
    this.until = 0
    this.progress = null
    this.startedAt = 0
    this.finishedAt = 0
    this.inputSeq = 0
    this.signalSeq = 0
    this.resultSeq = 0
  }
}

/** Whether an event says what went into its node, or how it is shown. */
const saysSomething = ({ input, shows }: { readonly input?: Json; readonly shows?: Shown }): boolean =>
  input !== undefined || shows !== undefined

const started = (row: NodeRow, event: Of<NodeEvent, "NodeStarted">, seq: number, at: number): NodeRow => ({
  ...row,
  kind: event.kind,
  phase: "Running",
  attempt: row.attempt === 0 ? 1 : row.attempt,
  attempts: event.attempts ?? 0,
  waiting: null,
  startedAt: row.phase === "Pending" ? at : row.startedAt,
  inputSeq: saysSomething(event) ? seq : row.inputSeq
})

const attemptStarted = (row: NodeRow, event: Of<NodeEvent, "AttemptStarted">, at: number): NodeRow => ({
  ...row,
  phase: "Running",
  attempt: event.attempt,
  attempts: event.attempts ?? 0,
  reruns: event.rerun,
  waiting: null,
  until: 0,
  progress: null,
  startedAt: row.phase === "Pending" ? at : row.startedAt
})

const attemptFailed = (row: NodeRow, event: Of<NodeEvent, "AttemptFailed">): NodeRow => ({
  ...row,
  attempt: event.attempt,
  reason: event.reason,
  // A tagged error often has no message of its own.
  message: event.error.message === "" ? event.error.tag : event.error.message,
  waiting: "Retry",
  until: event.nextAt
})

/** Written out: each node ends once, and V8 takes ten times as long to spread an instance of a class. */
const ended = (row: NodeRow, event: Of<NodeEvent, "NodeFinished">, seq: number, at: number): NodeRow => {
  const { ending, kind = row.kind } = event
  const end = new BlankNode(row.path, kind, row.run, row.epoch)
  end.phase = ending.phase
  if (ending.reason !== undefined) end.reason = ending.reason
  if (ending.message !== undefined) end.message = ending.message
  end.attempt = row.attempt
  end.attempts = row.attempts
  end.base = row.base
  end.reruns = row.reruns
  end.progress = row.progress
  end.startedAt = row.startedAt
  end.finishedAt = Math.max(at, row.startedAt)
  end.inputSeq = saysSomething(event) ? seq : row.inputSeq
  end.signalSeq = row.signalSeq
  end.resultSeq = seq
  return end
}

const progressed = (row: NodeRow, event: Of<NodeEvent, "NodeProgress">): NodeRow => {
  const { done, note, total } = event
  return { ...row, progress: note === undefined ? { done, total } : { done, total, note } }
}

/** The row of a node after one of its events; `undefined` stands for a node that has no row yet. */
export const evolveNode = (
  row: NodeRow | undefined,
  event: NodeEvent,
  seq: number,
  at: number,
  run: number,
  epoch: number
): NodeRow => {
  if (row === undefined) return first(event, seq, at, run, epoch)
  if (isTerminal(row.phase)) return row
  switch (event.type) {
    case "NodeStarted":
      return started(row, event, seq, at)
    case "AttemptStarted":
      return attemptStarted(row, event, at)
    case "AttemptFailed":
      return attemptFailed(row, event)
    case "NodeWaiting":
      return {
        ...row,
        waiting: event.waiting,
        until: event.until ?? 0,
        signalSeq: event.refused === undefined ? row.signalSeq : 0,
        inputSeq: event.shows === undefined ? row.inputSeq : seq
      }
    case "NodeSignalled":
      return { ...row, waiting: null, until: 0, signalSeq: seq }
    case "NodeProgress":
      return progressed(row, event)
    case "ArtifactSaved":
      return row
    case "NodeFinished":
      return ended(row, event, seq, at)
  }
}

const kindOf = (event: NodeEvent): NodeKind => "kind" in event ? event.kind ?? "task" : "task"

const first = (event: NodeEvent, seq: number, at: number, run: number, epoch: number): NodeRow => {
  const row = new BlankNode(event.path, kindOf(event), run, epoch)
  if (event.type !== "NodeStarted") return evolveNode(row, event, seq, at, run, epoch)
  // The commonest of all events: one object, no spread.
  row.phase = "Running"
  row.attempt = 1
  if (event.attempts !== undefined) row.attempts = event.attempts
  row.startedAt = at
  if (saysSomething(event)) row.inputSeq = seq
  return row
}

/**
 * The row of a node that a manual retry runs again: pending, with its whole retry budget. Its first attempt of the new
 * epoch goes on in the subtree of its last one (see `base` in `State.ts`), where the children that are kept lie.
 */
export const resetNode = (row: NodeRow, epoch: number): NodeRow => ({
  ...new BlankNode(row.path, row.kind, row.run, epoch),
  // What nobody has read is kept.
  signalSeq: row.attempt === 0 ? row.signalSeq : 0,
  base: row.base + Math.max(row.attempt - 1, 0)
})

const isNodeEvent = (event: Event): event is NodeEvent => "path" in event

/**
 * Applies one event to the rows of its run; `nodes` is changed in place, `undefined` stands for a run without events.
 */
export const apply = (rows: Rows | undefined, recorded: Recorded, key: number): Rows => {
  const { at, event, run: id, seq } = recorded
  if (rows === undefined) {
    if (event.type === "RunCreated") return { run: createRun(key, id, event, at), nodes: new Map() }
    throw new TypeError(`Cannot fold the events of run ${id}: the first one is ${event.type} instead of RunCreated`)
  }
  const { nodes, run } = rows
  if (isNodeEvent(event)) {
    nodes.set(event.path, evolveNode(nodes.get(event.path), event, seq, at, key, run.epoch))
    return rows
  }
  for (const row of rowsReset(nodes, event)) nodes.set(row.path, row)
  return { run: evolveRun(run, event, seq, at), nodes }
}

/** Paths of the nodes that an event makes as if they had never begun. */
export const resetBy = (event: Event): ReadonlyArray<string> =>
  event.type === "RunRetried" ? event.reset : event.type === "RunMigrated" ? event.lost?.reset ?? [] : []

/** The rows of nodes that an event of their run changes. What a migration keeps is part of the epoch that goes on. */
export const rowsReset = (nodes: ReadonlyMap<string, NodeRow>, event: RunEvent): ReadonlyArray<NodeRow> => {
  const paths = resetBy(event)
  const epoch = event.type === "RunRetried" ? event.epoch : event.type === "RunMigrated" ? event.lost?.epoch : undefined
  if (epoch === undefined) return []
  const reset = paths.flatMap((path) => {
    const row = nodes.get(path)
    return row === undefined ? [] : [resetNode(row, epoch)]
  })
  if (event.type === "RunRetried") return reset
  const gone = new Set(paths)
  const kept = [...nodes.values()].filter((row) => row.epoch === epoch - 1 && !gone.has(row.path))
  return [...reset, ...kept.map((row) => ({ ...row, epoch }))]
}

/**
 * The rows that the events of one run give, from its first event
 * on; throws a `TypeError` when the first one is not `RunCreated`.
 */
export const fold = (events: ReadonlyArray<Recorded>, key: number): Rows => {
  let rows: Rows | undefined
  for (const recorded of events) rows = apply(rows, recorded, key)
  if (rows === undefined) throw new TypeError("Cannot fold a run without events")
  return rows
}
