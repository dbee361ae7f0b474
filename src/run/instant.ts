/** Instants and spans as people read and write them. */

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

const units: ReadonlyArray<readonly [name: string, millis: number]> = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000]
]

/** A span of milliseconds in at most two units: `2h5m`, `340ms`. */
export const span = (millis: number): string => {
  if (millis < 1_000) return `${Math.max(0, Math.round(millis))}ms`
  if (millis < 10_000) return `${(Math.floor(millis / 100) / 10).toFixed(1)}s`
  const at = units.findIndex(([, size]) => millis >= size)
  const [name, size] = units[at]!
  const rest = units[at + 1]
  const more = rest === undefined ? 0 : Math.floor((millis % size) / rest[1])
  return `${Math.floor(millis / size)}${name}${more === 0 ? "" : `${more}${rest![0]}`}`
}

/** A span in its greatest unit: `2h`. */
export const age = (millis: number): string => {
  const [name, size] = units.find(([, size]) => millis >= size) ?? ["s", 1_000]
  return `${Math.max(0, Math.floor(millis / size))}${name}`
}

/** Milliseconds of `90s`, `2h`, `1d12h`; `undefined` when it is none. */
export const readSpan = (text: string): number | undefined => {
  if (!/^(\d+(\.\d+)?(ms|[dhms]))+$/.test(text)) return undefined
  let sum = 0
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[dhms])/g)) {
    sum += Number(number) * (unit === "ms" ? 1 : units.find(([name]) => name === unit)![1])
  }
  return sum
}

/** An instant as ISO 8601, or empty when it has not come. */
export const instant = (millis: number): string => millis === 0 ? "" : new Date(millis).toISOString()
