/** When values of `When.ts` are due: instants, in milliseconds since the epoch. Pure, but for the clocks of zones. */
import { Cron } from "croner"
import { own } from "../workflow/own.ts"
import { durationFault, shown } from "../workflow/values.ts"
import type { CalendarFields, CalendarTime, ClockChange, CronTime, EveryTime, When } from "./When.ts"
import { instantsOf, jumpOver, offsetAt, offsetOf, offsetsAround } from "./zone.ts"

/** Instants in their order. */
export interface Timing {
  /** As it was written: another text is another timing. */
  readonly text: string
  readonly zone: string
  /** The first instant after another one; `undefined` when there is none. */
  readonly next: (after: number) => number | undefined
}

/** A timing that cannot be read; the message says why. */
export class BadTiming extends Error {
  override readonly name: "BadTiming" = "BadTiming"
}

/** Reads what was written. Throws `BadTiming`. */
export const timingOf = (when: When): Timing => {
  switch (when._tag) {
    case "Cron":
      return cronTiming(when)
    case "Every":
      return everyTiming(when)
    case "Calendar":
      return calendarTiming(when)
    case "Custom":
      return {
        text: `custom ${when.name}`,
        zone: "UTC",
        next: (after) => {
          const next = when.next(new Date(after))?.getTime()
          // On whole seconds, so that no function can ask for more than one run in each.
          return next === undefined || !(next > after) ? undefined : Math.ceil(next / 1_000) * 1_000
        }
      }
  }
}

/** Several timings as one. */
export const timingOfAll = (timings: ReadonlyArray<Timing>): Timing => {
  const [first] = timings
  if (timings.length === 1) return first!
  const text = timings.map((it) => it.text).join(" · ")
  return { text, zone: first?.zone ?? "UTC", next: (after) => nextOf(timings, after) }
}

const everyTiming = ({ offset, span }: EveryTime): Timing => {
  const fault = durationFault(span, { least: 1_000 })
  if (fault !== undefined) throw new BadTiming(`the time of every() ${fault.what}: write a second or more`)
  const apart = durationFault(offset)
  if (apart !== undefined) throw new BadTiming(`the offset of every() ${apart.what}: write "10 minutes" and the like`)
  const text = offset === 0 ? `every ${span} ms` : `every ${span} ms + ${offset} ms`
  return { text, zone: "UTC", next: (after) => (Math.floor((after - offset) / span) + 1) * span + offset }
}

const cronTiming = ({ dst, pattern, zone }: CronTime): Timing => {
  demandZone(zone)
  const written = own(macros, pattern.trim()) ?? pattern.trim()
  return wallTiming(`${pattern} ${zone}`, strict(written), pattern, zone, dst)
}

const calendarTiming = ({ dst, fields, zone }: CalendarTime): Timing => {
  demandZone(zone)
  const text = calendarText(fields)
  return wallTiming(`${text} ${zone}`, patternOf(fields), text, zone, dst, true)
}

const calendarText = (fields: CalendarFields): string =>
  Object.entries(fields).map(([name, value]) => `${name} ${[value].flat().join(",")}`).join(", ") || "midnight"

const patternOf = ({ day, hour = 0, minute = 0, month, weekday }: CalendarFields): string => {
  const numbers = (name: string, value: unknown, least: number, most: number): string => {
    if (value === undefined) return "*"
    const all = [value].flat()
    const isOne = (it: unknown) => Number.isInteger(it) && Number(it) >= least && Number(it) <= most
    const wrong = all.find((it) => !isOne(it) && !(name === "day" && it === "last"))
    if (wrong !== undefined || all.length === 0) {
      throw new BadTiming(`the ${name} of calendar() is ${shown(wrong ?? value)}: write ${least} to ${most}`)
    }
    return all.map((it) => it === "last" ? "L" : String(it)).join(",")
  }
  const days = weekday === undefined ? ["*"] : [weekday].flat()
  const wrong = days.find((it) => it !== "*" && !names["day of week"]!.split(" ").includes(String(it)))
  if (wrong !== undefined || days.length === 0) {
    throw new BadTiming(`the weekday of calendar() is ${shown(wrong)}: write ${names["day of week"]}`)
  }
  return [
    numbers("minute", minute, 0, 59),
    numbers("hour", hour, 0, 23),
    numbers("day", day, 1, 31),
    numbers("month", month, 1, 12),
    days.join(",")
  ].join(" ")
}

/** Throws `BadTiming` where there is no such zone. */
export const demandZone = (zone: string): void => {
  try {
    offsetAt(zone, 0)
  } catch {
    throw new BadTiming(`there is no time zone "${zone}": write a name such as Europe/Paris or UTC`)
  }
}

/** Patterns that have names. */
export const macros: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *"
}

const fields: ReadonlyArray<readonly [name: string, most: number]> = [
  ["minute", 59],
  ["hour", 23],
  ["day of month", 31],
  ["month", 12],
  ["day of week", 6]
]

const names: Readonly<Record<string, string>> = {
  "month": "jan feb mar apr may jun jul aug sep oct nov dec",
  "day of week": "sun mon tue wed thu fri sat"
}

/** Five fields as all crons have them: `5/15` goes on to the end of the range, `?` is `*`, and Sunday is 0 alone. */
export const strict = (pattern: string): string => {
  const parts = pattern.split(/\s+/)
  if (pattern.startsWith("@")) {
    throw new BadTiming(`there is no "${pattern}": choose ${Object.keys(macros).join(", ")} or @every 1h30m`)
  }
  if (parts.length !== 5) {
    throw new BadTiming(`"${pattern}" has ${parts.length} fields: write minute hour day-of-month month day-of-week`)
  }
  return parts.map((part, at) => field(part, ...fields[at]!)).join(" ")
}

const field = (part: string, name: string, most: number): string => {
  const words = part.toLowerCase().match(/[a-z]+/g) ?? []
  if (!/^[\w*?,/-]+$/.test(part) || !words.every((it) => names[name]?.includes(it))) {
    throw new BadTiming(`"${part}" is not a valid ${name}`)
  }
  if (name === "day of week" && /(^|[,-])7/.test(part)) {
    throw new BadTiming("7 is not a day of the week: write 0 for Sunday")
  }
  return part.split(",").map((it) => it.replace("?", "*").replace(/^(\d+)\//, `$1-${most}/`)).join(",")
}

/** One time, or a list of times, is meant as "once on each day"; anything through the hours as elapsed time. */
const ruleOf = (pattern: string): ClockChange =>
  /[*?/]/.test(pattern.split(/\s+/).slice(0, 2).join(" "))
    ? { skipped: "never", repeated: "both" }
    : { skipped: "next", repeated: "first" }

/** The timing of a pattern; wall times are counted in UTC, where every day has 24 hours. */
export const wallTiming = (
  text: string,
  pattern: string,
  written: string,
  zone: string,
  dst: ClockChange | undefined,
  areBoth = false
): Timing => {
  const wallTimes = read(pattern, written, areBoth)
  const rule = dst ?? ruleOf(pattern)
  const suffix = dst === undefined ? "" : ` (skipped ${dst.skipped}, repeated ${dst.repeated})`
  return { text: `${text}${suffix}`, zone, next: (after) => nextInstant(wallTimes, zone, rule, after) }
}

const read = (pattern: string, written: string, areBoth: boolean): Cron => {
  try {
    return new Cron(pattern, { timezone: "UTC", paused: true, domAndDow: areBoth })
  } catch (error) {
    throw new BadTiming(`"${written}" is not a schedule: ${(error as Error).message.replace(/^CronPattern: /, "")}`)
  }
}

/** More wall times than clocks repeat or skip at once. */
const mostTries = 10_000

const nextInstant = (wallTimes: Cron, zone: string, rule: ClockChange, after: number): number | undefined => {
  let best: number | undefined
  let wall = after + Math.min(...offsetsAround(zone, after), offsetOf(zone, after))
  for (let tries = 0; tries < mostTries; tries++) {
    const found = wallTimes.nextRun(new Date(wall))
    if (found === null) return best
    wall = found.getTime()
    const offsets = offsetsAround(zone, wall)
    if (best !== undefined && wall - Math.max(...offsets) >= best) return best
    best = instants(zone, wall, rule).filter((it) => it > after).reduce(earlier, best)
    // Where clocks are left alone, the next wall time is the next instant.
    if (best !== undefined && offsets.length === 1) return best
  }
  return best
}

const instants = (zone: string, wall: number, { repeated, skipped }: ClockChange): ReadonlyArray<number> => {
  const shown = instantsOf(zone, wall)
  if (shown.length === 0) return skipped === "never" ? [] : [jumpOver(zone, wall)]
  return repeated === "both" ? shown : [Math.min(...shown)]
}

const earlier = (best: number | undefined, it: number): number => best === undefined || it < best ? it : best

/** The first instant of several timings after another one. */
export const nextOf = (timings: ReadonlyArray<Pick<Timing, "next">>, after: number): number | undefined =>
  timings.flatMap((it) => it.next(after) ?? []).reduce<number | undefined>(earlier, undefined)

/** The last `most` instants that are later than `after` and not later than `until`, in their order. */
export const latest = (
  timing: Pick<Timing, "next">,
  after: number,
  until: number,
  most: number
): ReadonlyArray<number> => {
  // Looks back over ever longer spans, so that of a long absence not every instant is counted.
  for (let span = 60_000; after < until && most > 0; span *= 2) {
    const from = Math.max(after, until - span)
    const found = between(timing, from, until)
    if (found.length >= most || from === after) return found.slice(-most)
  }
  return []
}

/** The first `most` instants that are later than `after` and not later than `until`. */
export const between = (
  timing: Pick<Timing, "next">,
  after: number,
  until: number,
  most = Infinity
): ReadonlyArray<number> => {
  const found: Array<number> = []
  for (let at = timing.next(after); at !== undefined && at <= until && found.length < most; at = timing.next(at)) {
    found.push(at)
  }
  return found
}
