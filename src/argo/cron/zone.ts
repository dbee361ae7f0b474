/**
 * Wall clocks: what they show at an instant, and at which instants they show
 * something. A wall time is written as the instant at which UTC shows it.
 */

const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * Milliseconds by which the clocks of a zone are ahead of UTC at
 * an instant. Throws RangeError for a zone that does not exist.
 */
export const offsetAt = (zone: string, instant: number): number => {
  if (zone === "UTC") return 0
  const whole = Math.floor(instant / 1_000) * 1_000
  const parts = Object.fromEntries(formatOf(zone).formatToParts(whole).map(({ type, value }) => [type, Number(value)]))
  const { day, hour, minute, month, second, year } = parts as Record<string, number>
  return Date.UTC(year!, month! - 1, day, hour, minute, second) - whole
}

const formatOf = (zone: string): Intl.DateTimeFormat => {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const number = "numeric"
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: number,
    month: number,
    day: number,
    hour: number,
    minute: number,
    second: number
  })
  formats.set(zone, made)
  return made
}

/** Longer than clocks are ever apart, shorter than they are left alone. */
const around = 26 * 3_600_000

/** The offsets from UTC that clocks have around a wall time, one or two. */
export const offsetsAround = (zone: string, wall: number): ReadonlyArray<number> => [
  ...new Set([offsetAt(zone, wall - around), offsetAt(zone, wall + around)])
]

/** The instants at which clocks show a wall time: none when they skip it, two when they are put back over it. */
export const instantsOf = (zone: string, wall: number): ReadonlyArray<number> =>
  offsetsAround(zone, wall).flatMap((offset) => offsetAt(zone, wall - offset) === offset ? [wall - offset] : [])

/** The zone of this machine. */
export const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone
