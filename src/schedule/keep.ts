/**
 * The schedules that an engine keeps.
 *
 * Owns: which they are, by name. Does not own: keepers, which end with the engine.
 */
import { type Engine, registerNow } from "../engine/Operator.ts"
import { InvalidValue } from "../workflow/values.ts"
import { resumeBackfills } from "./backfill.ts"
import { Keeper } from "./Keeper.ts"
import { keptOf, type SomeSchedule } from "./kept.ts"

const known = new WeakMap<Engine, Map<string, SomeSchedule>>()

/** The schedules that an engine keeps, by name. */
export const schedulesOf = (engine: Engine): ReadonlyMap<string, SomeSchedule> => known.get(engine) ?? new Map()

/** Keeps schedules from now on, until the engine is closed. Throws `InvalidValue` and `InvalidWorkflow`. */
export const keepSchedules = (engine: Engine, schedules: ReadonlyArray<SomeSchedule>): void => {
  if (schedules.length === 0) return
  const kept = schedules.map((schedule) => keptOf(schedule))
  demandNames(schedules)
  registerNow(engine, kept.map(({ workflow }) => workflow))
  known.set(engine, new Map([...schedulesOf(engine), ...schedules.map((it) => [it.name, it] as const)]))
  for (const one of kept) new Keeper(engine, one).begin()
  engine.host.react(resumeBackfills(engine, schedules))
}

const demandNames = (schedules: ReadonlyArray<SomeSchedule>): void => {
  const names = schedules.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice === undefined) return
  const message = `Cannot keep two schedules named "${twice}": rename one`
  throw new InvalidValue({ place: `schedule "${twice}"`, message })
}
