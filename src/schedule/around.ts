/** The instants of a schedule on both sides of one, for people: what clocks show at them, and do in between. */
import { rulesOf, type SomeSchedule } from "./kept.ts"
import { between, latest } from "./timing.ts"
import { offsetAt } from "./zone.ts"

/** An instant as it is shown. */
export interface ShownInstant {
  /** The instant. */
  readonly at: Date
  /** What clocks of the schedule's zone show then, as in `"2027-03-28 03:00 +02:00"`. */
  readonly local: string
  /** Milliseconds by which clocks went forward since the instant before it, less than 0 for back; absent for none. */
  readonly moved?: number
}

/** The last `many` instants before one, and as many from it on. */
export const around = (schedule: SomeSchedule, at: number, many: number): ReadonlyArray<ShownInstant> => {
  const { timing } = rulesOf(schedule)
  const found = [...latest(timing, -1, at - 1, many), ...between(timing, at - 1, Infinity, many)]
  return found.map((it, place) => {
    const offset = offsetAt(timing.zone, it)
    const before = found[place - 1]
    const moved = before === undefined ? 0 : offset - offsetAt(timing.zone, before)
    return { at: new Date(it), local: wall(it, offset), ...(moved === 0 ? {} : { moved }) }
  })
}

const wall = (at: number, offset: number): string => {
  const [day, time] = new Date(at + offset).toISOString().split("T") as [string, string]
  const [hours, minutes] = [Math.trunc(Math.abs(offset) / 3_600_000), Math.trunc(Math.abs(offset) / 60_000) % 60]
  const two = (number: number) => String(number).padStart(2, "0")
  const seconds = time.slice(5, 8) === ":00" ? "" : time.slice(5, 8)
  return `${day} ${time.slice(0, 5)}${seconds} ${offset < 0 ? "-" : "+"}${two(hours)}:${two(minutes)}`
}
