/**
 * A service that gives the length of the day, simulated: it is often
 * busy, always in the same way. The lengths are computed and right.
 */
import { Schema } from "../../mod.ts"

/** The service has too much to do; try again. */
export class AlmanacBusy extends Schema.TaggedError<AlmanacBusy>()("AlmanacBusy", { message: Schema.String }) {}

const latitude = 47.6
const radians = Math.PI / 180

/** Hours from sunrise to sunset on a day of the year in Seattle, refraction and the sun's radius included. */
const hours = (dayOfYear: number): number => {
  const declination = -23.44 * Math.cos(2 * Math.PI * (dayOfYear + 10) / 365.24)
  const [phi, delta] = [latitude * radians, declination * radians]
  const cosine = (Math.sin(-0.833 * radians) - Math.sin(phi) * Math.sin(delta)) / (Math.cos(phi) * Math.cos(delta))
  return 2 * Math.acos(cosine) / radians / 15
}

/**
 * Hours of daylight in the middle of each month of a year; throws `AlmanacBusy` on the first attempts of most years.
 */
export const daylight = (year: number, attempt: number): ReadonlyArray<number> => {
  const busyTimes = [1, 2, 0, 3][year % 4] ?? 0
  if (attempt <= busyTimes) throw new AlmanacBusy({ message: `queue of ${busyTimes - attempt + 1}` })
  return Array.from({ length: 12 }, (_, month) => hours(15 + 30.4 * month))
}
