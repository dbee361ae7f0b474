/**
 * Backfills: runs for instants of the past. One is a place in the state file like that of a schedule, so it survives
 * crashes, and any process that keeps its schedule goes on with it.
 *
 * Owns: which backfills an engine works on. Does not own: where they stand (cells), their keepers.
 *
 * Invariant S10: a backfill and its schedule never both start a run for one instant, unless `rerun` says so; they share
 * what became of it.
 */
import * as Effect from "effect/Effect"
import { EngineClosed } from "../engine/EngineError.ts"
import type { AskError } from "../engine/asked.ts"
import { command, type Engine } from "../engine/Operator.ts"
import type { Cell, Write } from "../journal/Journal.ts"
import type { JournalError } from "../journal/JournalError.ts"
import { admit, count, instant, oneOf } from "../workflow/admit.ts"
import { InvalidValue } from "../workflow/values.ts"
import { type Known, mostOpen, type Rules, settled, type Step } from "./decide.ts"
import { runsOf, stored } from "./fires.ts"
import { Keeper } from "./Keeper.ts"
import { keptOf, rulesOf, type SomeSchedule } from "./kept.ts"
import type { News } from "./Keeping.ts"
import { begun, type Fire, type ScheduleState } from "./State.ts"

/** Hears what happens to a backfill in this process. */
type Heard = (news: News) => void

/** The backfills that an engine works on, by id, with who hears of them. */
const worked = new WeakMap<Engine, Map<string, Set<Heard>>>()

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
  /** The id, by which it is waited for and stopped. */
  readonly id: string
  /** The name of the schedule. */
  readonly schedule: string
  /** The first instant that may be filled. */
  readonly from: Date
  /** Instants before this one are filled. */
  readonly until: Date
  /** How many of its runs may be open at once. */
  readonly parallelism: number
  /** Which instants that have started a run start another one. */
  readonly rerun: Rerun
  /** Whether it goes on, was stopped, or has come to its end. */
  readonly state: "running" | "stopped" | "done"
  /** The instant up to which it has come. */
  readonly at: Date
  /** The ids of its runs that are open. */
  readonly open: ReadonlyArray<string>
  /** How many of its runs have succeeded. */
  readonly succeeded: number
  /** How many of its runs have ended without success. */
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

/** Writes a backfill down, `also` in the same commit, and goes on with it in this process. Throws `InvalidValue`. */
export const backfill = (
  engine: Engine,
  schedule: SomeSchedule,
  request: BackfillRequest,
  also: Effect.Effect<ReadonlyArray<Write>, JournalError> = Effect.succeed([])
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
  return Effect.map(created(engine, state, also), (id) => {
    resume(engine, schedule, id, state.fills)
    return viewOf({ space: backfillSpace, key: id, data: JSON.stringify(state) })
  })
}

const created = (
  engine: Engine,
  state: BackfillState,
  also: Effect.Effect<ReadonlyArray<Write>, JournalError>
): Effect.Effect<string, JournalError> =>
  Effect.gen(function* () {
    const { reads } = engine.host.journal
    for (let number = (yield* reads.cells(backfillSpace)).length + 1;; number++) {
      const key = `bf-${number}`
      const data = JSON.stringify(state)
      const write = { kind: "cell", space: backfillSpace, key, was: null, data } as const
      const error = yield* stored(engine, [write, ...yield* also])
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

/** Works on a backfill until it is over, or this process ends; once, however often it is asked to. */
const resume = (
  engine: Engine,
  schedule: SomeSchedule,
  key: string,
  { rerun }: BackfillState["fills"]
): Set<Heard> => {
  const all = worked.get(engine) ?? new Map<string, Set<Heard>>()
  worked.set(engine, all)
  const known = all.get(key)
  if (known !== undefined) return known
  const heard = new Set<Heard>()
  all.set(key, heard)
  new Keeper(engine, {
    ...keptOf(schedule),
    place: { space: backfillSpace, key },
    next: (known) => backfillStep(rulesOf(schedule), known),
    tell: (news) => {
      if (news.type === "ended" || news.type === "closed") all.delete(key)
      for (const one of [...heard]) one(news)
    },
    ...(rerun === "missing"
      ? {}
      : { again: (run) => rerun === "all" || run?.phase === "Failed" || run?.phase === "Error" })
  }).begin()
  return heard
}

/** Waits until a backfill is over, and works on it meanwhile. Throws `InvalidValue`. */
export const backfillEnd = (
  engine: Engine,
  schedule: SomeSchedule,
  id: string,
  onFire: (fire: Fire) => void
): Effect.Effect<BackfillView, JournalError | EngineClosed> => {
  const what = `wait for a backfill of schedule "${schedule.name}"`
  return Effect.gen(function* () {
    for (;;) {
      const cell = yield* engine.host.journal.reads.cell(backfillSpace, id)
      const state = cell === undefined ? undefined : JSON.parse(cell.data) as BackfillState
      if (cell === undefined || state?.fills.schedule !== schedule.name) {
        throw new InvalidValue({ place: `schedule "${schedule.name}"`, message: `Cannot ${what}: it has no "${id}".` })
      }
      if (state.paused !== null) return yield* settledView(engine, cell)
      if (!(yield* over(resume(engine, schedule, id, state.fills), onFire))) return yield* EngineClosed.of(what)
    }
  })
}

/** Waits until nobody works on it here any more; whether that is because it has come to its end. */
const over = (heard: Set<Heard>, onFire: (fire: Fire) => void): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    const one: Heard = (news) => {
      if (news.type === "decided") told(() => onFire(news.fire))
      if (news.type === "ended" || news.type === "closed") resume(Effect.succeed(news.type === "ended"))
    }
    // What the author's function throws is for whoever waits, and ends nothing else.
    const told = (tell: () => void) => {
      try {
        tell()
      } catch (error) {
        heard.delete(one)
        resume(Effect.die(error))
      }
    }
    heard.add(one)
    return Effect.sync(() => heard.delete(one))
  })

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
  Effect.flatMap(
    engine.host.journal.reads.cells(backfillSpace),
    (cells) => Effect.forEach(cells.filter((it) => viewOf(it).schedule === schedule), (it) => settledView(engine, it))
  )

/** As it stands, whether or not somebody works on it: of its runs, those are open that have not ended by now. */
const settledView = (engine: Engine, cell: Cell): Effect.Effect<BackfillView, JournalError> => {
  const state = JSON.parse(cell.data) as BackfillState
  const runs = runsOf(engine.host.journal.reads, state.open)
  return Effect.map(runs, (runs) => viewOf({ ...cell, data: JSON.stringify(settled(state, runs)) }))
}

/**
 * Stops the runs of a stopped backfill that are open; answers their ids. No further one can begin: each begins in the
 * commit that writes it down here. Asked again, it goes on where it was cut off.
 */
export const stopRuns = (engine: Engine, id: string): Effect.Effect<ReadonlyArray<string>, AskError> =>
  Effect.gen(function* () {
    const cell = yield* engine.host.journal.reads.cell(backfillSpace, id)
    if (cell === undefined) return []
    const { open } = yield* settledView(engine, cell)
    yield* Effect.forEach(open, (run) => stopRun(engine, run, `Backfill ${id} was stopped`), { discard: true })
    return open
  })

/** A run that has ended since is as good as one that was stopped. */
const stopRun = (engine: Engine, run: string, message: string): Effect.Effect<unknown, AskError> =>
  Effect.catchTags(command(engine, run, "stop", { message }), {
    Refused: () => Effect.void,
    RunNotFound: () => Effect.void
  })

/** Where a backfill stands in the state file. */
export const placeOfBackfill = (id: string): Pick<Cell, "key" | "space"> => ({ space: backfillSpace, key: id })
