// deno-lint-ignore-file no-explicit-any -- type parameters that a pattern does not look at
/** Schedules: which workflow runs when, and what else holds. Plain frozen values. */
import { admit, admitOne, callable, count, defined, type Rule, under } from "../workflow/admit.ts"
import { encodeJson } from "../workflow/codec.ts"
import type { AnyWorkflow } from "../workflow/Definition.ts"
import { type DurationInput, millis } from "../workflow/millis.ts"
import type { WithoutInput } from "../workflow/Remedy.ts"
import type { Runnable } from "../workflow/Runnable.ts"
import { demand, durationFault, type Fault, nameFault, shown, wordFault } from "../workflow/values.ts"
import type { Workflow } from "../workflow/Workflow.ts"
import type { When } from "./When.ts"

/** What a run of a schedule is for. */
export interface Due {
  /** The name of the schedule. */
  readonly schedule: string
  /** The instant of the schedule, however late its run begins. */
  readonly at: Date
  /** The instant before it that started a run. */
  readonly previous: Date | undefined
  /** Why this instant is decided about: its time came, it is made up for, or somebody asked. */
  readonly why: Cause
}

/** Why an instant is decided about. */
export type Cause = "time" | "catchUp" | "backfill" | "trigger"

const overlaps = ["skip", "queueOne", "queueAll", "replace", "allow"] as const

/**
 * What an instant means while a run of the schedule is open: no run; one that waits for its turn, or up to 100; one
 * that stops the open one and follows it; one beside it.
 */
export type Overlap = typeof overlaps[number]

/** Which of the instants that nobody looked at are made up for. */
export interface CatchUp {
  /** The latest one, or all, the oldest first. */
  readonly runs: "latest" | "all"
  /** Only those of so long ago; default a day. */
  readonly within?: DurationInput
  /** With `all`: at most this many, the newest; default 100, at most 1,000. */
  readonly limit?: number
}

/** The parts of a schedule that do not depend on the input of its workflow. */
export interface CommonOptions {
  /** Default `"skip"`. */
  readonly overlap?: Overlap
  /** Default the latest one of the last day. */
  readonly catchUp?: CatchUp | "none"
  /** Runs begin up to so much later, always as much for one instant; never beyond the next instant. Default 0. */
  readonly jitter?: DurationInput
  /** How many ended runs of it are kept; default all, as long as `ttl` says. */
  readonly keep?: { readonly succeeded?: number; readonly failed?: number }
  /** Pauses it after this many runs in a row that did not succeed; default never. */
  readonly pauseAfterFailures?: number
}

/** The parts of a schedule. */
export interface ScheduleOptions<I> extends CommonOptions {
  /** The input of a run. The same instant should give the same input, in any process. */
  readonly input?: (due: Due) => I
}

/** The options; needed where the workflow has an input. */
export type ScheduleArguments<I> = [I] extends [void] ? ScheduleOptions<I> | undefined
  : ScheduleOptions<I> & { readonly input: (due: Due) => I }

/** Makes a schedule. Each number of arguments has a signature of its own: so the compiler names the right mistake. */
export interface Scheduling {
  /** Of a workflow that needs no input. */
  <I, O, E, R>(
    name: string,
    when: When | ReadonlyArray<When>,
    workflow: WithoutInput<
      I,
      "The input is missing: schedule(name, when, workflow, { input: ({ at }) => … })",
      Workflow<I, O, E, R>
    >
  ): Schedule<R>
  /** With options. */
  <I, O, E, R>(
    name: string,
    when: When | ReadonlyArray<When>,
    workflow: Workflow<I, O, E, R>,
    options: ScheduleArguments<I>
  ): Schedule<R>
}

/** A schedule of a workflow that needs the services `R`. */
export interface Schedule<out R = never> {
  /** Marks what `schedule()` made. */
  readonly _tag: "Schedule"
  /** Tells it from other schedules of the state file; its runs are called after it. */
  readonly name: string
  /** When it is due: at each instant of any of these. */
  readonly when: ReadonlyArray<When>
  /** What it starts. */
  readonly workflow: Runnable<never, unknown, unknown, R> & { readonly _tag: "Workflow" }
  /** Makes the input of a run; `undefined` where the workflow needs none. */
  readonly input: ((due: Due) => unknown) | undefined
  /** What an instant means while a run of it is open. */
  readonly overlap: Overlap
  /** Which missed instants are made up for: those of the last `within` milliseconds, at most `limit`; 0 is none. */
  readonly catchUp: { readonly within: number; readonly limit: number }
  /** Milliseconds. */
  readonly jitter: number
  /** How many ended runs are kept; `Infinity` is all. */
  readonly keep: { readonly succeeded: number; readonly failed: number }
  /** Runs in a row without success after which it pauses; `Infinity` is never. */
  readonly pauseAfterFailures: number
}

const oneDay = 86_400_000

/** How late a run may begin before it is missed, unless `catchUp` makes up for it. */
export const lateAfter = 60_000

const span: Rule = (value) => durationFault(millis(value as DurationInput))

const catchUpRule: Rule = (value) => {
  if (value === "none") return undefined
  const fault = typeof value === "object" && value !== null
    ? wordFault((value as CatchUp).runs, ["latest", "all"])
    : { what: `is ${shown(value)}`, hint: 'Use "none", or { runs: "latest", within: "1 day" }' }
  if (fault !== undefined) return fault
  const { limit = 100, within = oneDay } = value as CatchUp
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= 1_000)) {
    return { what: `has the limit ${shown(limit)}`, hint: "Use a whole number from 1 to 1000" }
  }
  return span(within)
}

const rules = {
  input: callable,
  overlap: ((value) => wordFault(value, overlaps)) as Rule,
  catchUp: catchUpRule,
  jitter: span,
  keep: under<NonNullable<CommonOptions["keep"]>>({
    succeeded: count({ forever: true }),
    failed: count({ forever: true })
  }),
  pauseAfterFailures: count({ least: 1, forever: true })
}

const whenHint = 'Use cron("0 3 * * *"), every("1 hour"), calendar({ hour: 3 }) or custom(…), or a list of these'

const isWhen = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "_tag" in value &&
  ["Cron", "Every", "Calendar", "Custom"].includes(String(value._tag))

const whenRule: Rule = (value) => {
  const all = [value].flat()
  if (all.length > 0 && all.every(isWhen)) return undefined
  return { what: `is ${shown(value)}`, hint: whenHint }
}

/** What a schedule may be called: its runs are called after it. */
const nameRule: Rule = (value) => {
  const fault = nameFault(value, 200)
  if (fault !== undefined) return fault
  return /^[\p{L}\p{N}_][\p{L}\p{N}_. -]*$/u.test(value as string)
    ? undefined
    : { what: `is ${shown(value)}`, hint: "Use letters, digits, spaces and _ . -; begin with a letter or digit" }
}

/**
 * Runs a workflow whenever it is due: `schedule("nightly", cron("30 2 * * *"), report)`. Give it to
 * `open({ schedules })`: of any number of processes that keep it, one starts the run of an instant.
 */
export const schedule = ((
  name: string,
  when: When | ReadonlyArray<When>,
  workflow: AnyWorkflow,
  options?: ScheduleOptions<any>
): Schedule<any> => {
  admitOne("the name of a schedule", name, nameRule)
  const place = `schedule ${shown(name)}`
  admitOne(`when of ${place}`, when, whenRule)
  admitOne(`the workflow of ${place}`, workflow, defined("Workflow"))
  const given = admit<ScheduleOptions<any>>(`the options of ${place}`, options, rules)
  demand(place, given.input === undefined ? inputFault(workflow) : undefined)

  const { jitter = 0, keep = {}, overlap = "skip", pauseAfterFailures = Infinity } = given
  return Object.freeze({
    _tag: "Schedule" as const,
    name,
    when: Object.freeze([when].flat()) as ReadonlyArray<When>,
    workflow: workflow as unknown as Schedule<any>["workflow"],
    input: given.input,
    overlap,
    catchUp: bounds(given.catchUp),
    jitter: millis(jitter),
    keep: { succeeded: keep.succeeded ?? Infinity, failed: keep.failed ?? Infinity },
    pauseAfterFailures
  })
}) as unknown as Scheduling

/** Only with an input is there a run for an instant. */
const inputFault = (workflow: AnyWorkflow): Fault | undefined => {
  try {
    return void encodeJson(workflow.input)(undefined)
  } catch {
    return { what: `gives no input to workflow "${workflow.name}"`, hint: "Add { input }" }
  }
}

const bounds = (catchUp: CatchUp | "none" = { runs: "latest" }): Schedule["catchUp"] => {
  if (catchUp === "none") return { within: 0, limit: 0 }
  const { limit = 100, runs, within = oneDay } = catchUp
  return { within: millis(within), limit: runs === "latest" ? 1 : limit }
}

/** Whether a value is what `schedule()` gives. */
export const scheduleRule: Rule = (value) => {
  const { _tag, name, when } = (typeof value === "object" && value !== null ? value : {}) as Partial<Schedule>
  const isOne = _tag === "Schedule" && typeof name === "string" && Array.isArray(when)
  return isOne ? undefined : { what: `is ${shown(value)}`, hint: "Use what schedule(…) gives" }
}
