/**
 * When a CronWorkflow is due, as Argo reads it: five fields, `@daily` and its like, `@every 1h30m`, `TZ=…` in front.
 *
 * Wall times that clocks skip in spring are not due, those that they repeat in autumn
 * are due twice. `@every` counts from 1970, so that all processes agree on its instants.
 */
import { Cron } from "croner"
import { durationMillis } from "../document/amounts.ts"
import { instantsOf, offsetAt, offsetsAround, ownZone } from "./zone.ts"
import { own } from "../../workflow/own.ts"

/** A schedule. */
export interface Schedule {
  /** As it was written. */
  readonly text: string
  readonly zone: string
  /** The first instant after another one, both in milliseconds since the epoch; `undefined` when there is none. */
  readonly next: (after: number) => number | undefined
}

/** A schedule that cannot be read; the message says why. */
export class BadSchedule extends Error {
  override readonly name: "BadSchedule" = "BadSchedule"
}

/** Reads a schedule; `zone` is an IANA name, by default that of this machine. Throws BadSchedule. */
export const parseSchedule = (text: string, zone?: string): Schedule => {
  const [, written, rest] = /^(?:CRON_)?TZ=(\S+)\s+(.*)$/s.exec(text.trim()) ?? [undefined, zone, text.trim()]
  const chosen = written ?? ownZone()
  refuseUnknown(chosen)
  const every = /^@every\s+(\S+)$/.exec(rest!)
  const next = every === null ? byPattern(own(macros, rest!) ?? rest!, chosen) : bySpan(every[1]!)
  return { text, zone: chosen, next }
}

const refuseUnknown = (zone: string): void => {
  try {
    offsetAt(zone, 0)
  } catch {
    throw new BadSchedule(`there is no time zone "${zone}": write a name such as Europe/Paris or UTC`)
  }
}

const macros: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *"
}

const bySpan = (text: string): Schedule["next"] => {
  const millis = Math.floor((durationMillis(text) ?? 0) / 1_000) * 1_000
  if (millis < 1_000) throw new BadSchedule(`"@every ${text}" needs a time of a second or more, such as 1h30m`)
  return (after) => (Math.floor(after / millis) + 1) * millis
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

/** As Argo's parser has it: `5/15` goes on to the end of the range, `?` is `*`, and Sunday is 0 alone. */
const strict = (pattern: string): string => {
  const parts = pattern.split(/\s+/)
  if (pattern.startsWith("@")) {
    throw new BadSchedule(`there is no "${pattern}": choose ${Object.keys(macros).join(", ")} or @every 1h30m`)
  }
  if (parts.length !== 5) {
    throw new BadSchedule(`"${pattern}" has ${parts.length} fields: write minute hour day-of-month month day-of-week`)
  }
  return parts.map((part, at) => field(part, ...fields[at]!)).join(" ")
}

const field = (part: string, name: string, most: number): string => {
  const words = part.toLowerCase().match(/[a-z]+/g) ?? []
  if (!/^[\w*?,/-]+$/.test(part) || !words.every((it) => names[name]?.includes(it))) {
    throw new BadSchedule(`"${part}" is not a valid ${name}`)
  }
  if (name === "day of week" && /(^|[,-])7/.test(part)) {
    throw new BadSchedule("7 is not a day of the week: write 0 for Sunday")
  }
  return part.split(",").map((it) => it.replace("?", "*").replace(/^(\d+)\//, `$1-${most}/`)).join(",")
}

/** Wall times are counted in UTC, where every day has 24 hours; which instants they are is up to the zone. */
const byPattern = (pattern: string, zone: string): Schedule["next"] => {
  const wallTimes = read(strict(pattern), pattern)
  return (after) => {
    let best: number | undefined
    let wall = after + Math.min(...offsetsAround(zone, after), offsetAt(zone, after))
    for (let tries = 0; tries < mostTries; tries++) {
      const found = wallTimes.nextRun(new Date(wall))
      if (found === null) return best
      wall = found.getTime()
      if (best !== undefined && wall - Math.max(...offsetsAround(zone, wall)) >= best) return best
      best = instantsOf(zone, wall).filter((it) => it > after).reduce(earlier, best)
    }
    return best
  }
}

/** More wall times than clocks repeat or skip at once. */
const mostTries = 10_000

const earlier = (best: number | undefined, it: number): number => best === undefined || it < best ? it : best

const read = (pattern: string, written: string): Cron => {
  try {
    return new Cron(pattern, { timezone: "UTC", paused: true })
  } catch (error) {
    throw new BadSchedule(`"${written}" is not a schedule: ${(error as Error).message.replace(/^CronPattern: /, "")}`)
  }
}

/** The first instant of several schedules after another one. */
export const nextOf = (schedules: ReadonlyArray<Schedule>, after: number): number | undefined =>
  schedules.flatMap((it) => it.next(after) ?? []).reduce<number | undefined>(earlier, undefined)

/** The last instant of several schedules that is later than `after` and not later than `until`. */
export const latestOf = (schedules: ReadonlyArray<Schedule>, after: number, until: number): number | undefined => {
  // Looks back over ever longer spans, so that of a long absence not every instant is counted.
  for (let span = 60_000; after < until; span *= 2) {
    const from = Math.max(after, until - span)
    const last = lastIn(schedules, from, until)
    if (last !== undefined || from === after) return last
  }
  return undefined
}

const lastIn = (schedules: ReadonlyArray<Schedule>, from: number, until: number): number | undefined => {
  let last: number | undefined
  for (let at = nextOf(schedules, from); at !== undefined && at <= until; at = nextOf(schedules, at)) last = at
  return last
}
