/** Schedules of an app on its engine: what a keeper needs to know of each. */
import { registerNow } from "../engine/Operator.ts"
import type { Engine } from "../engine/Operator.ts"
import type { AnyWorkflow } from "../workflow/Definition.ts"
import { InvalidValue } from "../workflow/values.ts"
import { nextStep, type Rules } from "./decide.ts"
import { type Begin, Keeper, type Kept, type Surplus } from "./Keeper.ts"
import type { Cause, Due, Schedule } from "./Schedule.ts"
import { runIdOf, scheduleSpace } from "./State.ts"
import { BadTiming, type Timing, timingOf, timingOfAll } from "./timing.ts"

/** Any schedule. */
// deno-lint-ignore no-explicit-any -- whatever services its workflow needs
export type SomeSchedule = Schedule<any>

/** The label of a run with the name of its schedule. */
const scheduleLabel = "pinnace/schedule"

/** The label of a run with the instant it was due. */
const dueLabel = "pinnace/due"

/** Keeps schedules from now on, until the engine is closed. Throws `InvalidValue` and `InvalidWorkflow`. */
export const keepSchedules = (engine: Engine, schedules: ReadonlyArray<SomeSchedule>): void => {
  if (schedules.length === 0) return
  const kept = schedules.map((schedule) => keptOf(schedule))
  demandNames(schedules)
  registerNow(engine, kept.map(({ workflow }) => workflow))
  for (const one of kept) new Keeper(engine, one).begin()
}

const demandNames = (schedules: ReadonlyArray<SomeSchedule>): void => {
  const names = schedules.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice === undefined) return
  const message =
    `Cannot keep two schedules named "${twice}": they would share one place in the state file. Rename one.`
  throw new InvalidValue({ place: `schedule "${twice}"`, message })
}

/** The timing of a schedule. Throws `InvalidValue`. */
const scheduleTiming = ({ name, when }: SomeSchedule): Timing => {
  try {
    return timingOfAll(when.map(timingOf))
  } catch (error) {
    if (!(error instanceof BadTiming)) throw error
    throw new InvalidValue({
      place: `schedule "${name}"`,
      message: `Cannot keep schedule "${name}": ${error.message}.`
    })
  }
}

/** What decides about it. */
const rulesOf = (schedule: SomeSchedule): Rules => ({
  ...schedule,
  workflow: schedule.workflow.name,
  timing: scheduleTiming(schedule)
})

const keptOf = (schedule: SomeSchedule): Kept => {
  const { keep, name } = schedule
  const rules = rulesOf(schedule)
  return {
    schedule: name,
    place: { space: scheduleSpace, key: name },
    workflow: schedule.workflow as unknown as AnyWorkflow,
    next: (known) => nextStep(rules, known),
    begin: (at, why, { previous }) => beginOf(schedule, { at, previous, why }),
    ...(keep.succeeded === Infinity && keep.failed === Infinity ? {} : { surplus: surplusOf(schedule) })
  }
}

/** How the run of an instant begins; throws what `input` throws. */
const beginOf = (
  { input, name }: SomeSchedule,
  { at, previous, why }: { readonly at: number; readonly previous: number | null; readonly why: Cause }
): Begin => {
  const due: Due = {
    schedule: name,
    at: new Date(at),
    previous: previous === null ? undefined : new Date(previous),
    why
  }
  const labels = { [scheduleLabel]: name, [dueLabel]: due.at.toISOString() }
  return { id: runIdOf(name, at), input: input?.(due), labels }
}

const surplusOf = ({ keep, name }: SomeSchedule): Surplus => ({
  choice: { labels: [{ name: scheduleLabel, is: "in", values: [name] }], phases: ["Succeeded", "Failed", "Error"] },
  of: (rows) => {
    const good = rows.filter(({ phase }) => phase === "Succeeded")
    const bad = rows.filter(({ phase }) => phase !== "Succeeded")
    return [...good.slice(keep.succeeded), ...bad.slice(keep.failed)]
  }
})
