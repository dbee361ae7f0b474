/** How the events of a run change its row. A terminal row is changed by `RunRetried` only; `owner` is never touched. */
import { cacheLabel } from "./cacheMode.ts"
import type { RunEvent, Stopping } from "./Event.ts"
import { isTerminal } from "./Phase.ts"
import type { RunRow } from "./State.ts"

type Of<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>

/** The row of a new run; `RunCreated` is its first event. */
export const createRun = (key: number, id: string, event: Of<"RunCreated">, at: number): RunRow => ({
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

const retried = (row: RunRow, event: Of<"RunRetried">, seq: number, at: number): RunRow => ({
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

const finished = (row: RunRow, event: Of<"RunFinished">, seq: number, at: number): RunRow => ({
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
const stopping = (row: RunRow, event: Of<"RunStopping">): RunRow => ({
  ...row,
  suspended: false,
  stopping: harder(row.stopping, event.mode),
  message: event.message ?? row.message
})

const hardness: Readonly<Record<Stopping, number>> = { stop: 1, undo: 2, terminate: 3 }

const harder = (known: Stopping | null, asked: Stopping): Stopping =>
  known !== null && hardness[known] > hardness[asked] ? known : asked
