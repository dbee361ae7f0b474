/**
 * Wall clocks: what they show at an instant, and at which instants they show something. A wall time is written as the
 * instant at which UTC shows it.
 *
 * Owns: the changes of clocks that were looked up, by zone and year: `Intl` takes 20 microseconds for each offset.
 * Invariant: what is remembered is what `Intl` says.
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

/** From an instant on, clocks are ahead of UTC by so much. */
interface Shift {
  readonly at: number
  readonly offset: number
}

/** Clocks are never left alone for a shorter time and then changed back. */
const step = 5 * 86_400_000

/** Spans for which changes are looked up at once. */
const span = 365 * 86_400_000

const shifts = new Map<string, Map<number, ReadonlyArray<Shift>>>()

/** The shifts of one span, the first of which says how clocks are at its beginning. */
const shiftsIn = (zone: string, index: number): ReadonlyArray<Shift> => {
  const known = shifts.get(zone) ?? new Map<number, ReadonlyArray<Shift>>()
  shifts.set(zone, known)
  const found = known.get(index) ?? lookUp(zone, index * span)
  known.set(index, found)
  return found
}

const lookUp = (zone: string, from: number): ReadonlyArray<Shift> => {
  const found: Array<Shift> = [{ at: from, offset: offsetAt(zone, from) }]
  if (zone === "UTC") return found
  for (let at = from; at < from + span; at += step) {
    const until = Math.min(at + step, from + span)
    const offset = offsetAt(zone, until)
    if (offset !== found.at(-1)!.offset) found.push({ at: changeWithin(zone, at, until, offset), offset })
  }
  return found
}

/** The first second at which clocks are as at the end of a span within which they are changed once. */
const changeWithin = (zone: string, from: number, until: number, offset: number): number => {
  let [before, after] = [from, until]
  while (after - before > 1_000) {
    const middle = Math.floor((before + after) / 2_000) * 1_000
    if (offsetAt(zone, middle) === offset) after = middle
    else before = middle
  }
  return after
}

/** As `offsetAt`, from what is remembered. */
export const offsetOf = (zone: string, instant: number): number => {
  if (zone === "UTC") return 0
  let offset = 0
  for (const shift of shiftsIn(zone, Math.floor(instant / span))) {
    if (shift.at > instant) break
    offset = shift.offset
  }
  return offset
}

/** Longer than clocks are ever apart, shorter than they are left alone. */
const around = 26 * 3_600_000

/** The offsets from UTC that clocks have around a wall time, one or two. */
export const offsetsAround = (zone: string, wall: number): ReadonlyArray<number> => {
  const [before, after] = [offsetOf(zone, wall - around), offsetOf(zone, wall + around)]
  return before === after ? [before] : [before, after]
}

/** The instants at which clocks show a wall time: none when they skip it, two when they are put back over it. */
export const instantsOf = (zone: string, wall: number): ReadonlyArray<number> =>
  offsetsAround(zone, wall).flatMap((offset) => offsetOf(zone, wall - offset) === offset ? [wall - offset] : [])

/** The instant at which clocks jump over a wall time that they never show. */
export const jumpOver = (zone: string, wall: number): number => {
  const [before, after] = [wall - around, wall + around]
  const index = Math.floor(before / span)
  const near = [...shiftsIn(zone, index), ...shiftsIn(zone, index + 1)]
  const past = near.filter(({ at, offset }) => at > before && at <= after && at + offset > wall)
  return past[0]?.at ?? wall - offsetOf(zone, wall)
}

/** The zone of this machine. */
export const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone
