/** What can be done to schedules by hand. */
import * as Effect from "effect/Effect"
import type { Engine } from "../engine/Operator.ts"
import type { Cell, Write } from "../journal/Journal.ts"
import type { JournalError } from "../journal/JournalError.ts"
import type { InvalidValue } from "../workflow/values.ts"
import { backfill } from "./backfill.ts"
import { settled } from "./decide.ts"
import { stored } from "./fires.ts"
import { Keeper } from "./Keeper.ts"
import { keptOf, rulesOf, type SomeSchedule } from "./kept.ts"
import { refused, unknownTo } from "./reads.ts"
import { begun, firesOf, fireSpace, scheduleSpace, type ScheduleState, unpaused } from "./State.ts"

type Change = (state: ScheduleState) => ScheduleState

/** Changes a state, whoever else does at the same time. */
export const changed = (
  engine: Engine,
  { key, space }: Pick<Cell, "key" | "space">,
  unknown: () => InvalidValue,
  change: Change,
  schedule?: SomeSchedule
): Effect.Effect<void, JournalError | InvalidValue> =>
  Effect.gen(function* () {
    const { journal } = engine.host
    for (;;) {
      const cell = yield* journal.reads.cell(space, key)
      const state = cell === undefined ? schedule && first(engine, schedule) : JSON.parse(cell.data) as ScheduleState
      if (state === undefined) return yield* unknown()
      const data = JSON.stringify(change(state))
      const error = yield* stored(engine, [{ kind: "cell", space, key, was: cell?.data ?? null, data }])
      if (error === undefined) return
      if (error.reason !== "Stale") return yield* error
    }
  })

/** Where one stands that nothing is written of yet. */
const first = (engine: Engine, schedule: SomeSchedule): ScheduleState => {
  const { timing, workflow } = rulesOf(schedule)
  return begun(workflow, timing.text, engine.host.now())
}

/** What was due while it was paused and nobody looked counts as skipped, unless it is filled from that commit on. */
export const resumed = (
  engine: Engine,
  name: string,
  filling: SomeSchedule | undefined
): Effect.Effect<void, JournalError | InvalidValue> => {
  const { journal, now } = engine.host
  const place = { space: scheduleSpace, key: name }
  const from = (cell: Cell | undefined) => {
    if (cell === undefined) throw unknownTo(name, "resume")
    const { createdAt, paused, pausedAfter, previous } = JSON.parse(cell.data) as ScheduleState
    return paused === null ? undefined : (pausedAfter ?? previous ?? createdAt) + 1
  }
  const going = (isFilled: boolean) =>
    Effect.map(journal.reads.cell(place.space, place.key), (cell): ReadonlyArray<Write> => {
      if (from(cell) === undefined) return []
      const data = JSON.stringify(unpaused(JSON.parse(cell!.data), now(), isFilled))
      return [{ kind: "cell", ...place, was: cell!.data, data }]
    })
  return Effect.gen(function* () {
    for (;;) {
      const since = from(yield* journal.reads.cell(place.space, place.key))
      if (since === undefined) return
      if (filling !== undefined && since <= now()) {
        return void (yield* backfill(engine, filling, { from: since, until: now() + 1 }, going(true)))
      }
      const error = yield* stored(engine, yield* going(false))
      if (error === undefined) return
      if (error.reason !== "Stale") return yield* error
    }
  })
}

/** Starts a run for one instant, unless that has started one. */
export const triggered = (
  engine: Engine,
  schedule: SomeSchedule,
  at: number
): Effect.Effect<string, JournalError | InvalidValue> =>
  Effect.callback((resume) => {
    let isDone = false
    const fail = (why: string) => resume(Effect.fail(refused(schedule.name, "trigger", why)))
    const { timing, workflow } = rulesOf(schedule)
    new Keeper(engine, {
      ...keptOf(schedule),
      next: ({ now, runs, state = begun(workflow, timing.text, now) }) =>
        isDone ? { do: "end", why: "" } : { do: "start", state: settled(state, runs), due: at, cause: "trigger" },
      tell: (news) => {
        isDone = true
        if (news.type === "known") return fail(`its run of that instant is ${news.fire.run}`)
        if (news.type !== "decided") return fail("why" in news ? news.why : "the engine was closed")
        const { outcome, run = "", why = "" } = news.fire
        if (outcome === "started") resume(Effect.succeed(run))
        else fail(why)
      }
    }).begin()
  })

/** Forgets a schedule. */
export const removed = (engine: Engine, name: string): Effect.Effect<void, JournalError> =>
  Effect.gen(function* () {
    const { reads } = engine.host.journal
    const cells = [yield* reads.cell(scheduleSpace, name), ...yield* reads.cells(fireSpace, firesOf(name))]
    const writes = cells.flatMap((cell) =>
      cell === undefined
        ? []
        : [{ kind: "cell" as const, space: cell.space, key: cell.key, was: cell.data, data: null }]
    )
    const error = yield* stored(engine, writes)
    if (error?.reason === "Stale") return yield* removed(engine, name)
    if (error !== undefined) return yield* error
  })
