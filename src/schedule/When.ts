/** When a schedule is due, as plain values. Nothing is read or checked here but their shape: see `timing.ts`. */
import { admit, admitOne, anything, callable, type Rule, text } from "../workflow/admit.ts"
import { type DurationInput, millis } from "../workflow/millis.ts"
import { shown } from "../workflow/values.ts"

/** What becomes of wall times that clocks skip in spring, and of those that they show twice in autumn. */
export interface ClockChange {
  /** `"next"`: due when clocks jump over it; `"never"`: not due. */
  readonly skipped: "next" | "never"
  /** Due at the first, or at both of its instants. */
  readonly repeated: "first" | "both"
}

/** Times of wall clocks, written as a pattern of five fields. */
export interface CronTime {
  /** Marks what `cron()` made. */
  readonly _tag: "Cron"
  /** Five fields (minute, hour, day of month, month, day of week), or `"@daily"` and its like. */
  readonly pattern: string
  /** The IANA name of the zone whose clocks count. */
  readonly zone: string
  /** What clock changes do to it; `undefined`: what `ClockOptions` says of the default. */
  readonly dst: ClockChange | undefined
}

/** Equal spans of elapsed time. */
export interface EveryTime {
  /** Marks what `every()` made. */
  readonly _tag: "Every"
  /** Milliseconds. */
  readonly span: number
  /** By how many milliseconds its instants lie after those counted from 1970. */
  readonly offset: number
}

/** Times of wall clocks, written as a record. */
export interface CalendarTime {
  /** Marks what `calendar()` made. */
  readonly _tag: "Calendar"
  /** The numbers that must hold. */
  readonly fields: CalendarFields
  /** The IANA name of the zone whose clocks count. */
  readonly zone: string
  /** What clock changes do to it; `undefined`: what `ClockOptions` says of the default. */
  readonly dst: ClockChange | undefined
}

/** Instants that a function tells. */
export interface CustomTime {
  /** Marks what `custom()` made. */
  readonly _tag: "Custom"
  /** Tells this timing from others: under another name it is another timing. */
  readonly name: string
  /** Gives the first instant after the given one, or `undefined` when there is none. */
  readonly next: (after: Date) => Date | undefined
}

/** When a schedule is due. */
export type When = CronTime | EveryTime | CalendarTime | CustomTime

/** How wall clocks are read. */
export interface ClockOptions {
  /** An IANA name; default UTC. */
  readonly zone?: string
  /**
   * Default: one time or a list of times is due once on each day, at the jump where clocks skip it; a pattern through
   * the hours (with `*` or a step) follows elapsed time.
   */
  readonly dst?: ClockChange
}

/** Numbers of a calendar: all that are given must hold. What is not given: any, but minute and hour 0. */
export interface CalendarFields {
  /** From 0 to 59; default 0. */
  readonly minute?: number | ReadonlyArray<number>
  /** From 0 to 23; default 0. */
  readonly hour?: number | ReadonlyArray<number>
  /** Day of the month; `"last"` is the last one. */
  readonly day?: number | "last" | ReadonlyArray<number | "last">
  /** 1 is January. */
  readonly month?: number | ReadonlyArray<number>
  /** Day of the week; default any. */
  readonly weekday?: Weekday | ReadonlyArray<Weekday>
}

/** A day of the week. */
export type Weekday = "sun" | "mon" | "tue" | "wed" | "thu" | "fri" | "sat"

const dst: Rule = (value) => {
  const { repeated, skipped } = value as ClockChange
  const isOne = ["next", "never"].includes(skipped) && ["first", "both"].includes(repeated)
  return isOne ? undefined : {
    what: `is ${shown(value)}`,
    hint: 'Use { skipped: "next" or "never", repeated: "first" or "both" }'
  }
}

const clockRules = { zone: text, dst }

/** Five fields: minute, hour, day of month, month, day of week; or `"@daily"` and its like. */
export const cron = (pattern: string, options: ClockOptions = {}): CronTime => {
  admitOne("the pattern of cron()", pattern, text)
  const { dst, zone = "UTC" } = admit<ClockOptions>(`the options of cron(${shown(pattern)})`, options, clockRules)
  return Object.freeze({ _tag: "Cron" as const, pattern, zone, dst })
}

/** Equal spans, counted from 1970 in UTC, so that all processes agree; `offset` moves them. At least a second. */
export const every = (span: DurationInput, options: { readonly offset?: DurationInput } = {}): EveryTime => {
  const { offset = 0 } = admit<typeof options>("the options of every()", options, { offset: anything })
  return Object.freeze({ _tag: "Every" as const, span: millis(span), offset: millis(offset) })
}

/** Days and times of a calendar: `calendar({ day: "last", hour: 18 }, { zone: "America/New_York" })`. */
export const calendar = (fields: CalendarFields, options: ClockOptions = {}): CalendarTime => {
  const rules = { minute: anything, hour: anything, day: anything, month: anything, weekday: anything }
  const given = admit<CalendarFields>("the fields of calendar()", fields, rules)
  const { dst, zone = "UTC" } = admit<ClockOptions>("the options of calendar()", options, clockRules)
  return Object.freeze({ _tag: "Calendar" as const, fields: Object.freeze(given), zone, dst })
}

/**
 * Whatever else: `next` gives the first instant after another one, or nothing. It must be a function of that instant
 * alone. Under another `name` it is another timing.
 */
export const custom = (name: string, next: (after: Date) => Date | undefined): CustomTime => {
  admitOne("the name of custom()", name, text)
  admitOne(`the function of custom(${shown(name)})`, next, callable)
  return Object.freeze({ _tag: "Custom" as const, name, next })
}
