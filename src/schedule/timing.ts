/** When values of `When.ts` are due: instants, in milliseconds since the epoch. Pure, but for the clocks of zones. */
import { durationFault, shown } from "../workflow/values.ts"
import { BadTiming, nextWall, readPattern, timesOf, type WallPattern, weekdayNames } from "./pattern.ts"
import type { CalendarFields, CalendarTime, ClockChange, CronTime, EveryTime, When } from "./When.ts"
import { instantsOf, jumpOver, offsetAt, offsetOf, offsetsAround } from "./zone.ts"

/** Instants in their order. */
export interface Timing {
  /** As it was written: another text is another timing. */
  readonly text: string
  /** The IANA name of the zone that its times are read in. */
  readonly zone: string
  /** The first instant after another one; `undefined` when there is none. */
  readonly next: (after: number) => number | undefined
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
  const read = readPattern(pattern.trim(), 'every("90 minutes")')
  return wallTiming(`${pattern} ${zone}`, read, zone, dst ?? ruleOf(read), dst)
}

const calendarTiming = ({ dst, fields, zone }: CalendarTime): Timing => {
  demandZone(zone)
  return wallTiming(`${calendarText(fields)} ${zone}`, patternOf(fields), zone, dst ?? onceADay, dst)
}

const calendarText = (fields: CalendarFields): string =>
  Object.entries(fields).map(([name, value]) => `${name} ${[value].flat().join(",")}`).join(", ") || "midnight"

const patternOf = ({ day, hour = 0, minute = 0, month, weekday }: CalendarFields): WallPattern => {
  const days = numbers("day", day, 1, 31, "last")
  return {
    times: timesOf(numbers("minute", minute, 0, 59), numbers("hour", hour, 0, 23)),
    days: new Set(days),
    last: day !== undefined && [day].flat().includes("last"),
    months: new Set(numbers("month", month, 1, 12)),
    weekdays: weekdaysOf(weekday),
    areBoth: true,
    isThroughHours: false
  }
}

/** The numbers of a field; all there are where it is absent. */
const numbers = (name: string, value: unknown, least: number, most: number, word?: string): ReadonlyArray<number> => {
  if (value === undefined) return Array.from({ length: most - least + 1 }, (_, at) => least + at)
  const all = [value].flat()
  const isOne = (it: unknown) => Number.isInteger(it) && Number(it) >= least && Number(it) <= most
  const wrong = all.find((it) => !isOne(it) && (word === undefined || it !== word))
  if (wrong !== undefined || all.length === 0) {
    throw new BadTiming(`the ${name} of calendar() is ${shown(wrong ?? value)}: write ${least} to ${most}`)
  }
  return [...new Set(all.filter((it): it is number => it !== word))]
}

const weekdaysOf = (weekday: CalendarFields["weekday"]): ReadonlySet<number> => {
  const days = weekday === undefined ? weekdayNames : [weekday].flat()
  const wrong = days.find((it) => !weekdayNames.includes(it))
  if (wrong === undefined && days.length > 0) return new Set(days.map((it) => weekdayNames.indexOf(it)))
  throw new BadTiming(`the weekday of calendar() is ${shown(wrong ?? weekday)}: write ${weekdayNames.join(" ")}`)
}

/** Throws `BadTiming` where there is no such zone. */
export const demandZone = (zone: string): void => {
  try {
    offsetAt(zone, 0)
  } catch {
    throw new BadTiming(`there is no time zone "${zone}": write a name such as Europe/Paris or UTC`)
  }
}

const onceADay: ClockChange = { skipped: "next", repeated: "first" }

/** One time, or a list of times, is meant as "once on each day"; anything through the hours as elapsed time. */
const ruleOf = ({ isThroughHours }: WallPattern): ClockChange =>
  isThroughHours ? { skipped: "never", repeated: "both" } : onceADay

/** The timing of a pattern; `stated` is part of its text. */
export const wallTiming = (
  text: string,
  pattern: WallPattern,
  zone: string,
  rule: ClockChange,
  stated?: ClockChange
): Timing => {
  const suffix = stated === undefined ? "" : ` (skipped ${stated.skipped}, repeated ${stated.repeated})`
  return { text: `${text}${suffix}`, zone, next: (after) => nextInstant(pattern, zone, rule, after) }
}

/** More wall times than clocks repeat or skip at once. */
const mostTries = 10_000

const nextInstant = (pattern: WallPattern, zone: string, rule: ClockChange, after: number): number | undefined => {
  let best: number | undefined
  let wall = after + Math.min(...offsetsAround(zone, after), offsetOf(zone, after))
  for (let tries = 0; tries < mostTries; tries++) {
    const found = nextWall(pattern, wall)
    if (found === undefined) return best
    wall = found
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
