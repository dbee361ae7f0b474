/**
 * How the events of a node change its row. The first attempt begins with `NodeStarted`; `AttemptStarted` is needed for
 * later attempts, for the re-run of an attempt, and where the first attempt begins later than its node.
 */
import type { Json, NodeEvent, NodeKind, Shown } from "./Event.ts"
import { isTerminal, type Phase, type Reason, type Waiting } from "./Phase.ts"
import type { NodeRow } from "./State.ts"

type Of<T extends NodeEvent["type"]> = Extract<NodeEvent, { readonly type: T }>

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

const started = (row: NodeRow, event: Of<"NodeStarted">, seq: number, at: number): NodeRow => ({
  ...row,
  kind: event.kind,
  phase: "Running",
  attempt: row.attempt === 0 ? 1 : row.attempt,
  attempts: event.attempts ?? 0,
  waiting: null,
  startedAt: row.phase === "Pending" ? at : row.startedAt,
  inputSeq: saysSomething(event) ? seq : row.inputSeq
})

const attemptStarted = (row: NodeRow, event: Of<"AttemptStarted">, at: number): NodeRow => ({
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

const attemptFailed = (row: NodeRow, event: Of<"AttemptFailed">): NodeRow => ({
  ...row,
  attempt: event.attempt,
  reason: event.reason,
  // A tagged error often has no message of its own.
  message: event.error.message === "" ? event.error.tag : event.error.message,
  waiting: "Retry",
  until: event.nextAt
})

/** Written out: each node ends once, and V8 takes ten times as long to spread an instance of a class. */
const ended = (row: NodeRow, event: Of<"NodeFinished">, seq: number, at: number): NodeRow => {
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

const progressed = (row: NodeRow, event: Of<"NodeProgress">): NodeRow => {
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
