/** What a keeper needs to know of a schedule. Pure. */
import type { AnyWorkflow } from "../workflow/Definition.ts"
import { InvalidValue } from "../workflow/values.ts"
import { nextStep, type Rules } from "./decide.ts"
import type { Begin, Kept, Surplus } from "./Keeping.ts"
import type { Cause, Due, Schedule } from "./Schedule.ts"
import { BadTiming } from "./pattern.ts"
import { type Fire, runIdOf, scheduleSpace } from "./State.ts"
import { type Timing, timingOf, timingOfAll } from "./timing.ts"

/** Any schedule. */
// deno-lint-ignore no-explicit-any -- whatever services its workflow needs
export type SomeSchedule = Schedule<any>

/** The label of a run with the name of its schedule. */
export const scheduleLabel = "pinnace/schedule"

/** The label of a run with the instant it was due. */
const dueLabel = "pinnace/due"

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
export const rulesOf = (schedule: SomeSchedule): Rules => ({
  ...schedule,
  workflow: schedule.workflow.name,
  timing: scheduleTiming(schedule)
})

/** What is kept of it. */
export const keptOf = (schedule: SomeSchedule): Kept => {
  const { keep, name } = schedule
  const rules = rulesOf(schedule)
  return {
    schedule: name,
    place: { space: scheduleSpace, key: name },
    workflow: schedule.workflow as unknown as AnyWorkflow,
    next: (known) => nextStep(rules, known),
    begin: (at, why, { previous }, before) => beginOf(schedule, { at, previous, why }, before),
    ...(keep.succeeded === Infinity && keep.failed === Infinity ? {} : { surplus: surplusOf(schedule) })
  }
}

/** How the run of an instant begins; throws what `input` throws. */
const beginOf = (
  { input, name }: SomeSchedule,
  { at, previous, why }: { readonly at: number; readonly previous: number | null; readonly why: Cause },
  before: Fire | undefined
): Begin => {
  const due: Due = {
    schedule: name,
    at: new Date(at),
    previous: previous === null ? undefined : new Date(previous),
    why
  }
  const labels = { [scheduleLabel]: name, [dueLabel]: due.at.toISOString() }
  return { id: idAfter(runIdOf(name, at), before), input: input?.(due), labels }
}

/** Another run of an instant is counted: `nightly-20261129T013000Z+2`. */
const idAfter = (id: string, before: Fire | undefined): string => {
  if (before?.outcome !== "started" || before.run === undefined) return id
  return `${id}+${Number(/\+(\d+)$/.exec(before.run)?.[1] ?? 1) + 1}`
}

const surplusOf = ({ keep, name }: SomeSchedule): Surplus => ({
  choice: { labels: [{ name: scheduleLabel, is: "in", values: [name] }], phases: ["Succeeded", "Failed", "Error"] },
  of: (rows) => {
    const good = rows.filter(({ phase }) => phase === "Succeeded")
    const bad = rows.filter(({ phase }) => phase !== "Succeeded")
    return [...good.slice(keep.succeeded), ...bad.slice(keep.failed)]
  }
})
