/** Instants and spans as people read and write them. */

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

const two = (number: number): string => String(number).padStart(2, "0")

/** An instant in the time zone of the machine: `Mon Jan 02 15:04:05 +0000`. */
export const localTime = (millis: number): string => {
  const date = new Date(millis)
  const [day, month] = [date.toLocaleString("en", { weekday: "short" }), date.toLocaleString("en", { month: "short" })]
  const offset = -date.getTimezoneOffset()
  const zone = `${offset < 0 ? "-" : "+"}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`
  return `${day} ${month} ${two(date.getDate())} ${clockTime(millis)} ${zone}`
}

/** The time of day: `15:04:05`. */
const clockTime = (millis: number): string => {
  const date = new Date(millis)
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")
}

/** A number of bytes: `1.2 MB`. */
export const bytes = (count: number): string => {
  const names = ["B", "kB", "MB", "GB", "TB"]
  let [size, at] = [count, 0]
  while (size >= 1_000 && at < names.length - 1) [size, at] = [size / 1_000, at + 1]
  return `${at === 0 ? size : size.toFixed(1)} ${names[at]}`
}
