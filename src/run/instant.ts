/** Instants as people read them. */

/** The last instant that a `Date` can hold. */
export const lastInstant = 8.64e15

/**
 * An instant in UTC as seen from another one: "14:02:11 UTC" of
 * the same day, else "2026-11-29 14:02:11 UTC"; never throws.
 */
export const instantText = (at: number, now: number): string => {
  if (!(Math.abs(at) <= lastInstant)) return at < 0 ? "before any date" : "after the last date a clock can show"
  const [day, time] = partsOf(at)
  return `${day === partsOf(now)[0] ? "" : `${day} `}${time} UTC`
}

const partsOf = (at: number): readonly [day: string, time: string] => {
  // tidy: formats a given instant
  const text = new Date(Math.min(Math.max(at, -lastInstant), lastInstant)).toISOString()
  const middle = text.indexOf("T")
  return [text.slice(0, middle), text.slice(middle + 1, middle + 9)]
}
