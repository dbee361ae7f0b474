/** What can be seen of schedules. */
import * as Effect from "effect/Effect"
import type { Engine } from "../engine/Operator.ts"
import type { JournalError } from "../journal/JournalError.ts"
import { InvalidValue } from "../workflow/values.ts"
import { settled } from "./decide.ts"
import { runsOf } from "./fires.ts"
import { schedulesOf } from "./keep.ts"
import { rulesOf, type SomeSchedule } from "./kept.ts"
import type { Cause } from "./Schedule.ts"
import { between } from "./timing.ts"
import { begun, type Fire, firesOf, fireSpace, scheduleSpace, type ScheduleState } from "./State.ts"

/** A schedule as it stands. */
export interface ScheduleStatus {
  /** The name of the schedule. */
  readonly name: string
  /** The name of the workflow that it starts. */
  readonly workflow: string
  /** Its timing, as it was kept last. */
  readonly when: string
  /** The next instant; absent when there is none, or when nobody here knows its timing. */
  readonly next?: Date
  /** The last instant that started a run. */
  readonly previous?: Date
  /** Why nothing is started. */
  readonly paused?: string
  /** Whether this process keeps it. */
  readonly isKept: boolean
  /** Runs of it that have not ended. */
  readonly open: ReadonlyArray<string>
  /** Instants whose runs wait until those have ended. */
  readonly queued: ReadonlyArray<Date>
  /** Runs in a row that have not succeeded. */
  readonly failures: number
}

/** What became of an instant, or of a span of them. */
export interface FireView {
  /** The instant; of a span, the last one. */
  readonly due: Date
  /** Whether it started a run, waits for its turn, was skipped by a rule, or was missed. */
  readonly outcome: Fire["outcome"]
  /** Why it was decided about. */
  readonly cause: Cause
  /** The id of the run that was started. */
  readonly run?: string
  /** Why no run was started. */
  readonly why?: string
  /** When it was decided about. */
  readonly decidedAt: Date
  /** Of a span: its first instant, and how many there are. */
  readonly from?: Date
  /** How many instants the span has; 10,000 stands for as many or more. */
  readonly many?: number
}

/** Which fires are listed, the latest first. */
export interface FireFilter {
  /** At this instant or later; default from the first one. */
  readonly from?: Date | number
  /** Before this instant; default up to the last one. */
  readonly until?: Date | number
  /** Only fires with this outcome; default all. */
  readonly outcome?: Fire["outcome"]
  /** Default 100. */
  readonly limit?: number
}

/** A schedule cannot be used as somebody wants. */
export const refused = (name: string, verb: string, why: string): InvalidValue =>
  new InvalidValue({ place: `schedule "${name}"`, message: `Cannot ${verb} schedule "${name}": ${why}.` })

/** There is no such schedule, neither here nor in the state file. */
export const unknownTo = (name: string, verb: string): InvalidValue =>
  refused(name, verb, "the state file has none of this name, and this process does not keep it")

/** Where a schedule stands. */
export const stateOf = (engine: Engine, name: string): Effect.Effect<ScheduleState | undefined, JournalError> =>
  Effect.map(
    engine.host.journal.reads.cell(scheduleSpace, name),
    (cell) => cell === undefined ? undefined : JSON.parse(cell.data) as ScheduleState
  )

/** How it stands, as it is shown: of its runs, those are open that have not ended by now. Throws `InvalidValue`. */
export const statusOf = (
  engine: Engine,
  name: string,
  state: ScheduleState | undefined,
  schedule: SomeSchedule | undefined
): Effect.Effect<ScheduleStatus, JournalError> => {
  if (state === undefined) {
    if (schedule === undefined) throw unknownTo(name, "read")
    const { timing, workflow } = rulesOf(schedule)
    return Effect.succeed(shownAs(engine, begun(workflow, timing.text, engine.host.now()), schedule, name))
  }
  const runs = runsOf(engine.host.journal.reads, state.open)
  return Effect.map(runs, (runs) => shownAs(engine, settled(state, runs), schedule, name))
}

const shownAs = (
  engine: Engine,
  { cursor, failures, open, paused, previous, queued, timing, workflow }: ScheduleState,
  schedule: SomeSchedule | undefined,
  name: string
): ScheduleStatus => {
  const next = schedule && rulesOf(schedule).timing.next(Math.max(engine.host.now(), cursor))
  return {
    name,
    workflow,
    when: timing,
    ...(next === undefined ? {} : { next: new Date(next) }),
    ...(previous === null ? {} : { previous: new Date(previous) }),
    ...(paused === null ? {} : { paused }),
    isKept: schedulesOf(engine).has(name),
    open,
    queued: queued.map((at) => new Date(at)),
    failures
  }
}

/** What became of its instants. */
export const fires = (
  engine: Engine,
  name: string,
  { from, limit = 100, outcome, until }: FireFilter
): Effect.Effect<ReadonlyArray<FireView>, JournalError> =>
  Effect.map(
    engine.host.journal.reads.cells(fireSpace, {
      ...firesOf(name, Number(from ?? 0), until === undefined ? undefined : Number(until)),
      backwards: true,
      ...(outcome === undefined && limit !== Infinity ? { limit } : {})
    }),
    (cells) =>
      cells.map(({ data }) => JSON.parse(data) as Fire)
        .filter((fire) => outcome === undefined || fire.outcome === outcome)
        .slice(0, limit)
        .map(fireView)
  )

/** A fire as it is shown. */
export const fireView = ({ at, due, from, schedule: _, ...rest }: Fire): FireView => ({
  ...rest,
  due: new Date(due),
  decidedAt: new Date(at),
  ...(from === undefined ? {} : { from: new Date(from) })
})

/** Its next instants after one; of those that are beyond all dates, none. */
export const nextOf = (schedule: SomeSchedule, many: number, after: number): ReadonlyArray<Date> =>
  between(rulesOf(schedule).timing, after, Infinity, many).map((at) => new Date(at))

/** All schedules of a state file, and those that this process keeps, by name. */
export const scheduleStatuses = (engine: Engine): Effect.Effect<ReadonlyArray<ScheduleStatus>, JournalError> =>
  Effect.flatMap(engine.host.journal.reads.cells(scheduleSpace), (cells) => {
    const states = new Map(cells.map(({ data, key }) => [key, JSON.parse(data) as ScheduleState]))
    const names = new Set([...states.keys(), ...schedulesOf(engine).keys()])
    return Effect.forEach(
      [...names].sort(),
      (name) => statusOf(engine, name, states.get(name), schedulesOf(engine).get(name))
    )
  })
