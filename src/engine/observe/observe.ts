/** Ways to look at a run from any process: its end, its nodes, its log. Nothing here polls. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { LogLine } from "../../journal/Journal.ts"
import type { Event, Json, Recorded } from "../../run/Event.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { NodeRow, RunRow } from "../../run/State.ts"
import { byBeginning } from "../../run/tree.ts"
import { admit, flag, text } from "../../workflow/admit.ts"
import { demand } from "../../workflow/values.ts"
import type { Engine } from "../Engine.ts"
import type { LiveRun } from "../Live.ts"
import { EngineClosed, RunNotFound } from "../EngineError.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { whenFound } from "./whenChanged.ts"

/** A node as it is now, with its recorded values if they were asked for. */
export interface NodeRecord extends NodeRow {
  readonly input?: Json
  readonly output?: Json
}

/** What to say of nodes. */
export interface NodesOptions {
  /** Also their inputs and outputs. */
  readonly values?: boolean
}

/** The run's row; fails when there is no such run. */
export const findRun = (engine: Engine, id: string): Effect.Effect<RunRow, RunNotFound | JournalError> =>
  Effect.flatMap(
    engine.host.journal.reads.findRun(id),
    (row) => row === undefined ? Effect.fail(RunNotFound.of(id)) : Effect.succeed(row)
  )

/** The row of a run that was there; fails when it was deleted since. */
export const present = (engine: Engine, id: string, key: number): Effect.Effect<RunRow, RunNotFound | JournalError> =>
  Effect.flatMap(
    engine.host.journal.reads.getRun(key),
    (row) => row === undefined ? Effect.fail(deleted(id)) : Effect.succeed(row)
  )

/** The fault of a run that was there. */
export const deleted = (id: string): RunNotFound => new RunNotFound({ id, message: `Run "${id}" was deleted` })

/** Waits until the run has ended, whoever executes it; its row tells how. */
export const ended = (engine: Engine, key: number): Effect.Effect<RunRow, EndError> =>
  whenEnded(engine, key, (row) => Effect.succeed(row))

/** Why the end of a run is not seen. */
export type EndError = EngineClosed | JournalError | RunNotFound

/**
 * The same, with what is read of it then: whoever lets an engine end its runs before it is closed waits for that too.
 * `live` is the run when it ended here just now.
 */
export const whenEnded = <A, E>(
  engine: Engine,
  key: number,
  read: (row: RunRow, live: LiveRun | undefined) => Effect.Effect<A, E>
): Effect.Effect<A, E | EndError> => {
  const look = (): Effect.Effect<{ readonly value: A } | undefined, E | EndError> | undefined => {
    const live = engine.ended
    const ending = endedNow(engine, key)
    if (ending === undefined) return undefined
    const seen = (row: RunRow | undefined) => {
      if (row === undefined) return Effect.undefined
      const value = read(row, live)
      return isThere(value) ? Effect.succeed({ value: value.value }) : Effect.map(value, (value) => ({ value }))
    }
    return isThere(ending) ? seen(ending.value) : Effect.flatMap(ending, seen)
  }
  return whenFound(engine, key, look, ({ value }) => value)
}

/** Whether it is there at once; then it is given on without a fiber. */
const isThere = <A, E>(effect: Effect.Effect<A, E>): effect is Exit.Success<A> =>
  Exit.isExit(effect) && Exit.isSuccess(effect)

const endedNow = (
  engine: Engine,
  key: number
): Effect.Effect<RunRow | undefined, EndError> | undefined => {
  if (engine.fault !== undefined) return Effect.fail(engine.fault)
  if (engine.closed) return Effect.fail(EngineClosed.of("wait for a run"))
  if (engine.live.has(key)) return undefined
  const told = engine.ended?.ledger.row
  if (told?.key === key) return Effect.succeed(told)
  return Effect.map(kept(engine, key), (row) => isTerminal(row.phase) ? row : undefined)
}

/** The row of a run whose id is not known here; fails when it was deleted since. */
export const kept = (engine: Engine, key: number): Effect.Effect<RunRow, RunNotFound | JournalError> =>
  Effect.flatMap(
    engine.host.journal.reads.getRun(key),
    (row) =>
      row === undefined ? Effect.fail(new RunNotFound({ id: "", message: "The run was deleted" })) : Effect.succeed(row)
  )

/** The nodes of a run in the order they began; with `values`, their inputs and outputs too. */
export const nodes = (
  { host: { journal: { reads } } }: Engine,
  key: number,
  options: NodesOptions = {}
): Effect.Effect<ReadonlyArray<NodeRecord>, JournalError> => {
  const { values = false } = admit("the options of nodes", options, { values: flag })
  const rows = Effect.map(reads.nodes(key), (all) => [...all].sort(byBeginning))
  if (!values) return rows
  return Effect.flatMap(rows, (sorted) => Effect.map(reads.events(key, 0), (events) => withValues(sorted, events)))
}

/** Nodes with their values, which are among these events. */
export const withValues = (
  rows: ReadonlyArray<NodeRow>,
  events: ReadonlyArray<Recorded>
): ReadonlyArray<NodeRecord> => {
  const payloads = new Map(events.map(({ event, seq }) => [seq, event]))
  return rows.map((row) => ({
    ...row,
    ...inputOf(payloads.get(row.inputSeq)),
    ...outputOf(payloads.get(row.resultSeq))
  }))
}

const inputOf = (event: Event | undefined): { readonly input?: Json } =>
  event !== undefined && "input" in event && event.input !== undefined ? { input: event.input } : {}

const outputOf = (event: Event | undefined): { readonly output?: Json } =>
  event !== undefined && "ending" in event && event.ending.output !== undefined ? { output: event.ending.output } : {}

/** The kept log lines of a run or of one node, oldest first. */
export const logs = (
  engine: Engine,
  key: number,
  path?: string
): Effect.Effect<ReadonlyArray<LogLine>, JournalError> => {
  if (path !== undefined) demand("the node whose log is read", text(path))
  return engine.host.journal.reads.logs(key, path === undefined ? {} : { path })
}
