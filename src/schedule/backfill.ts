/**
 * Backfills: runs for instants of the past. One is a place in the state file like that of a schedule, so it survives
 * crashes, and any process that keeps its schedule goes on with it.
 *
 * Invariant S10: a backfill and its schedule never both start a run for one instant, unless `rerun` says so; they share
 * what became of it.
 */
import * as Effect from "effect/Effect"
import type { Engine } from "../engine/Operator.ts"
import type { Cell } from "../journal/Journal.ts"
import type { JournalError } from "../journal/JournalError.ts"
import { admit, count, instant, oneOf } from "../workflow/admit.ts"
import { InvalidValue } from "../workflow/values.ts"
import { type Known, mostOpen, type Rules, settled, type Step } from "./decide.ts"
import { stored } from "./fires.ts"
import { Keeper } from "./Keeper.ts"
import { keptOf, rulesOf, type SomeSchedule } from "./kept.ts"
import { begun, type ScheduleState } from "./State.ts"

/** Which instants are filled. */
export interface BackfillRequest {
  /** The first instant, a `Date` or milliseconds since the epoch. */
  readonly from: Date | number
  /** Instants before this one; default now. */
  readonly until?: Date | number
  /** Runs that are open at once; default 1. */
  readonly parallelism?: number
  /** `"missing"` (default): instants that started no run; `"failed"`: also those whose run has failed; `"all"`. */
  readonly rerun?: Rerun
}

/** Which instants that have started a run start another one. */
export type Rerun = "missing" | "failed" | "all"

/** A backfill as it stands. */
export interface BackfillView {
  readonly id: string
  readonly schedule: string
  readonly from: Date
  readonly until: Date
  readonly parallelism: number
  readonly rerun: Rerun
  readonly state: "running" | "stopped" | "done"
  /** The instant up to which it has come. */
  readonly at: Date
  readonly open: ReadonlyArray<string>
  readonly succeeded: number
  readonly failed: number
}

interface BackfillState extends ScheduleState {
  readonly fills: {
    readonly schedule: string
    readonly from: number
    readonly until: number
    readonly parallelism: number
    readonly rerun: Rerun
  }
}

/** The space of cells with backfills. */
const backfillSpace = "backfill"

const rules = {
  from: instant,
  until: instant,
  parallelism: count({ least: 1 }),
  rerun: oneOf(["missing", "failed", "all"])
}

/** Writes a backfill down and goes on with it in this process. Throws `InvalidValue`. */
export const backfill = (
  engine: Engine,
  schedule: SomeSchedule,
  request: BackfillRequest
): Effect.Effect<BackfillView, JournalError> => {
  const { now } = engine.host
  const given = admit<BackfillRequest>("the options of backfill", request, rules)
  const { parallelism = 1, rerun = "missing", until = now() } = given
  const [from, end] = [Number(given.from), Number(until)]
  if (!(from < end)) {
    const message = `Cannot backfill schedule "${schedule.name}": "from" must be before "until", and not after now.`
    throw new InvalidValue({ place: "the options of backfill", message })
  }
  const { timing, workflow } = rulesOf(schedule)
  const fills = { schedule: schedule.name, from, until: Math.min(end, now() + 1), parallelism, rerun }
  const state: BackfillState = { ...begun(workflow, timing.text, now()), cursor: from - 1, fills }
  return Effect.map(created(engine, state), (id) => {
    resume(engine, schedule, id, state.fills)
    return viewOf({ space: backfillSpace, key: id, data: JSON.stringify(state) })
  })
}

const created = (engine: Engine, state: BackfillState): Effect.Effect<string, JournalError> =>
  Effect.gen(function* () {
    const { reads } = engine.host.journal
    for (let number = (yield* reads.cells(backfillSpace)).length + 1;; number++) {
      const key = `bf-${number}`
      const data = JSON.stringify(state)
      const error = yield* stored(engine, [{ kind: "cell", space: backfillSpace, key, was: null, data }])
      if (error === undefined) return key
      if (error.reason !== "Stale") return yield* error
    }
  })

/** Goes on with all backfills of these schedules that have not come to their end. */
export const resumeBackfills = (
  engine: Engine,
  schedules: ReadonlyArray<SomeSchedule>
): Effect.Effect<void, JournalError> =>
  Effect.map(engine.host.journal.reads.cells(backfillSpace), (cells) => {
    for (const { data, key } of cells) {
      const { fills, paused } = JSON.parse(data) as BackfillState
      const schedule = schedules.find(({ name }) => name === fills.schedule)
      if (paused === null && schedule !== undefined) resume(engine, schedule, key, fills)
    }
  })

const resume = (engine: Engine, schedule: SomeSchedule, key: string, { rerun }: BackfillState["fills"]): void => {
  const kept = keptOf(schedule)
  new Keeper(engine, {
    ...kept,
    place: { space: backfillSpace, key },
    next: (known) => backfillStep(rulesOf(schedule), known),
    ...(rerun === "missing"
      ? {}
      : { again: (run) => rerun === "all" || run?.phase === "Failed" || run?.phase === "Error" })
  }).begin()
}

const backfillStep = ({ timing }: Rules, known: Known): Step => {
  if (known.state === undefined) return { do: "end", why: "removed" }
  const state = settled(known.state, known.runs) as BackfillState
  if (state.paused !== null) return { do: "end", why: state.paused }
  const { parallelism, until } = state.fills
  const due = timing.next(state.cursor)
  const isOver = due === undefined || due >= until
  if (isOver && state.open.length === 0) return { do: "record", state: { ...state, paused: "done" }, fires: [] }
  if (isOver || state.open.length >= Math.min(parallelism, mostOpen)) {
    return { do: "wait", until: undefined, runs: true, stop: false }
  }
  return { do: "start", state: { ...state, cursor: due, previous: due }, due, cause: "backfill" }
}

/** Whether a state is that of a backfill of this schedule. */
export const isBackfillOf = (state: ScheduleState, schedule: string): boolean =>
  (state as BackfillState).fills.schedule === schedule

const viewOf = ({ data, key: id }: Cell): BackfillView => {
  const { cursor, failed, fills, open, paused, succeeded } = JSON.parse(data) as BackfillState
  const { from, parallelism, rerun, schedule, until } = fills
  return {
    id,
    schedule,
    from: new Date(from),
    until: new Date(until),
    parallelism,
    rerun,
    state: paused === null ? "running" : paused === "done" ? "done" : "stopped",
    at: new Date(cursor),
    open,
    succeeded,
    failed
  }
}

/** The backfills of a schedule. */
export const backfills = (engine: Engine, schedule: string): Effect.Effect<ReadonlyArray<BackfillView>, JournalError> =>
  Effect.map(
    engine.host.journal.reads.cells(backfillSpace),
    (cells) => cells.map(viewOf).filter((it) => it.schedule === schedule)
  )

/** Where a backfill stands in the state file. */
export const placeOfBackfill = (id: string): Pick<Cell, "key" | "space"> => ({ space: backfillSpace, key: id })
