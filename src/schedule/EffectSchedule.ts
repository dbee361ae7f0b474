/** A schedule as an Effect app holds it; any number of handles may exist. `ScheduleHandle` is made of this. */
import * as Effect from "effect/Effect"
import { asked, type AskError } from "../engine/asked.ts"
import type { Engine } from "../engine/Operator.ts"
import { admit, admitOne, callable, count, flag, instant, oneOf, type Rule, text } from "../workflow/admit.ts"
import { nameFault, shown } from "../workflow/values.ts"
import {
  backfill,
  backfillEnd,
  type BackfillRequest,
  backfills,
  type BackfillView,
  isBackfillOf,
  placeOfBackfill,
  stopRuns
} from "./backfill.ts"
import { changed, removed, resumed, triggered } from "./changes.ts"
import { around, type ShownInstant } from "./around.ts"
import { schedulesOf } from "./keep.ts"
import type { SomeSchedule } from "./kept.ts"
import {
  type FireFilter,
  fires,
  type FireView,
  fireView,
  nextOf,
  refused,
  type ScheduleStatus,
  stateOf,
  statusOf,
  unknownTo
} from "./reads.ts"
import { scheduleRule } from "./Schedule.ts"
import { pausedBy, scheduleSpace } from "./State.ts"

/** What can be asked of a schedule. */
export interface EffectSchedule {
  /** The name of the schedule. */
  readonly name: string
  /** How it stands; fails as `InvalidValue` where neither this process nor the state file has it. */
  readonly status: Effect.Effect<ScheduleStatus, AskError>
  /** Decides its instants as skipped from now on, in every process; what runs goes on. */
  readonly pause: (reason?: string) => Effect.Effect<void, AskError>
  /** Goes on from now; with `catchUp`, what was due meanwhile is filled, one run at a time. */
  readonly resume: (options?: ResumeOptions) => Effect.Effect<void, AskError>
  /** Starts a run for an instant, by default now, whatever the timing says; answers its id. */
  readonly trigger: (at?: Date | number) => Effect.Effect<string, AskError>
  /** Its next instants after one, by default after now. */
  readonly next: (many?: number, after?: Date | number) => Effect.Effect<ReadonlyArray<Date>, AskError>
  /** Its instants on both sides of one, `many` each (default 1), with what clocks show at them and do in between. */
  readonly around: (at: Date | number, many?: number) => Effect.Effect<ReadonlyArray<ShownInstant>, AskError>
  /** What became of its instants, the latest first; 100 unless `limit` says otherwise. */
  readonly fires: (filter?: FireFilter) => Effect.Effect<ReadonlyArray<FireView>, AskError>
  /** Starts runs for instants of the past. */
  readonly backfill: (request: BackfillRequest) => Effect.Effect<BackfillView, AskError>
  /** Its backfills, those that are over included. */
  readonly backfills: Effect.Effect<ReadonlyArray<BackfillView>, AskError>
  /** Waits until a backfill is over, and works on it meanwhile; `onFire` hears what becomes of its instants here. */
  readonly backfillEnd: (id: string, onFire?: (fire: FireView) => void) => Effect.Effect<BackfillView, AskError>
  /** Starts nothing more of a backfill, and with `runs` also stops its open runs; answers those. */
  readonly stopBackfill: (id: string, options?: StopOptions) => Effect.Effect<ReadonlyArray<string>, AskError>
  /** Forgets where it stands and what became of its instants. A process that keeps it begins anew from now. */
  readonly remove: Effect.Effect<void, AskError>
}

/** How a paused schedule goes on. */
export interface ResumeOptions {
  /** Whether what was due meanwhile is filled, one run at a time; default false. */
  readonly catchUp?: boolean
}

/** How a backfill is stopped. */
export interface StopOptions {
  /** Whether its open runs are stopped too; default false: they go on. */
  readonly runs?: boolean
}

type Ask = <A>(what: string, look: () => Effect.Effect<A, AskError>) => Effect.Effect<A, AskError>

/** What is asked of one schedule. */
interface Asked {
  readonly engine: Engine
  readonly name: string
  readonly ask: Ask
  readonly known: () => SomeSchedule | undefined
  /** The schedule itself. Throws `InvalidValue` where only its name is known. */
  readonly needed: (verb: string) => SomeSchedule
}

const whichRule: Rule = (value) => typeof value === "string" ? undefined : scheduleRule(value)

/** The handle of a schedule, by itself or by its name. Throws `InvalidValue`. */
export const effectSchedule = (engine: Engine, which: SomeSchedule | string): EffectSchedule => {
  admitOne("which schedule is meant", which, whichRule)
  const name = typeof which === "string" ? which : which.name
  const known = () => typeof which === "string" ? schedulesOf(engine).get(name) : which
  const one: Asked = {
    engine,
    name,
    known,
    ask: (what, look) => asked(engine, `${what} a schedule`, look),
    needed: (verb) => {
      const found = known()
      if (found !== undefined) return found
      throw refused(name, verb, "this process does not keep it. Open the file with it in `schedules`")
    }
  }
  return { name, ...looks(one), ...acts(one) }
}

const fireRules = {
  from: instant,
  until: instant,
  outcome: oneOf(["started", "queued", "skipped", "missed"]),
  limit: count({ forever: true })
}

const looks = ({ ask, engine, known, name, needed }: Asked) => ({
  status: ask("read", () => Effect.flatMap(stateOf(engine, name), (state) => statusOf(engine, name, state, known()))),
  next: (many?: number, after?: Date | number) =>
    ask("read", () => {
      const rules = { many: count({ least: 1 }), after: instant }
      const given = admit<{ readonly many?: number; readonly after?: Date | number }>(
        "the options of next",
        { many, after },
        rules
      )
      return Effect.succeed(nextOf(needed("read"), given.many ?? 1, Number(given.after ?? engine.host.now())))
    }),
  around: (at: Date | number, many?: number) =>
    ask("read", () => {
      const rules = { at: instant, many: count({ least: 1 }) }
      const given = admit<{ readonly at: Date | number; readonly many?: number }>(
        "the options of around",
        { at, many },
        rules
      )
      return Effect.succeed(around(needed("read"), Number(given.at), given.many ?? 1))
    }),
  fires: (filter?: FireFilter) =>
    ask("read", () => fires(engine, name, admit<FireFilter>("the filter of fires", filter, fireRules))),
  backfills: ask("read", () => backfills(engine, name)),
  backfillEnd: (id: string, onFire?: (fire: FireView) => void) =>
    ask("wait for a backfill of", () => {
      admitOne("the id of a backfill", id, text)
      const given = admit<{ readonly onFire?: typeof onFire }>("the options of backfillEnd", { onFire }, {
        onFire: callable
      })
      return backfillEnd(engine, needed("wait for a backfill of"), id, (fire) => given.onFire?.(fireView(fire)))
    })
})

const acts = ({ ask, engine, known, name, needed }: Asked) => ({
  pause: (reason: string = "by hand") =>
    ask("pause", () => {
      admitOne("the reason of a pause", reason, (value) => nameFault(value, 1_000))
      const place = { space: scheduleSpace, key: name }
      return changed(engine, place, () => unknownTo(name, "pause"), (state) => pausedBy(state, reason), known())
    }),
  resume: (options?: ResumeOptions) =>
    ask("resume", () => {
      const { catchUp = false } = admit<ResumeOptions>("the options of resume", options, { catchUp: flag })
      return resumed(engine, name, catchUp ? needed("resume") : undefined)
    }),
  trigger: (at?: Date | number) =>
    ask("trigger", () => {
      const given = admit<{ readonly at?: Date | number }>("the options of trigger", { at }, { at: instant })
      return triggered(engine, needed("trigger"), Number(given.at ?? engine.host.now()))
    }),
  backfill: (request: BackfillRequest) => ask("backfill", () => backfill(engine, needed("backfill"), request)),
  stopBackfill: (id: string, options?: StopOptions) =>
    ask("stop a backfill of", () => {
      admitOne("the id of a backfill", id, text)
      const { runs = false } = admit<StopOptions>("the options of stopBackfill", options, { runs: flag })
      const unknown = () => refused(name, "stop a backfill of", `it has no backfill ${shown(id)}`)
      const stop = changed(engine, placeOfBackfill(id), unknown, (state) => {
        if (!isBackfillOf(state, name)) throw unknown()
        return { ...state, paused: state.paused ?? "stopped" }
      })
      return Effect.andThen(stop, runs ? stopRuns(engine, id) : Effect.succeed([]))
    }),
  remove: ask("remove", () => removed(engine, name))
})
