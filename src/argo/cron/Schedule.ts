/**
 * When a CronWorkflow is due, as Argo reads it: five fields, `@daily` and its like, `@every 1h30m`, `TZ=…` in front.
 *
 * Wall times that clocks skip in spring are not due, those that they repeat in autumn
 * are due twice. `@every` counts from 1970, so that all processes agree on its instants.
 */
import { BadTiming, readPattern } from "../../schedule/pattern.ts"
import { demandZone, latest, nextOf as nextOfAll, type Timing, wallTiming } from "../../schedule/timing.ts"
import { ownZone } from "../../schedule/zone.ts"
import { durationMillis } from "../document/amounts.ts"

/** A schedule; the text is as it was written. */
export type Schedule = Timing

/** A schedule that cannot be read; the message says why. */
export const BadSchedule: typeof BadTiming = BadTiming

/** Reads a schedule; `zone` is an IANA name, by default that of this machine. Throws BadSchedule. */
export const parseSchedule = (text: string, zone?: string): Schedule => {
  const [, written, rest] = /^(?:CRON_)?TZ=(\S+)\s+(.*)$/s.exec(text.trim()) ?? [undefined, zone, text.trim()]
  const chosen = written ?? ownZone()
  demandZone(chosen)
  const every = /^@every\s+(\S+)$/.exec(rest!)
  return { text, zone: chosen, next: every === null ? byPattern(rest!, chosen) : bySpan(every[1]!) }
}

const bySpan = (text: string): Schedule["next"] => {
  const millis = Math.floor((durationMillis(text) ?? 0) / 1_000) * 1_000
  if (millis < 1_000) throw new BadSchedule(`"@every ${text}" needs a time of a second or more, such as 1h30m`)
  return (after) => (Math.floor(after / millis) + 1) * millis
}

const byPattern = (text: string, zone: string): Schedule["next"] =>
  wallTiming(text, readPattern(text, "@every 1h30m"), zone, { skipped: "never", repeated: "both" }).next

/** The first instant of several schedules after another one. */
export const nextOf = nextOfAll

/** The last instant of several schedules that is later than `after` and not later than `until`. */
export const latestOf = (schedules: ReadonlyArray<Schedule>, after: number, until: number): number | undefined =>
  latest({ next: (at) => nextOf(schedules, at) }, after, until, 1)[0]
