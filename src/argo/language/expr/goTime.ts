/** Go's time package, as far as expressions use it: layouts, durations. */
import { Refusal } from "./ExprError.ts"
import type { Span, Time } from "./Value.ts"

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December"
]

/** An instant. */
export const time = (millis: number, offset: number = 0): Time => ({ _tag: "Time", millis, offset })

/** A span of time. */
export const span = (nanos: bigint): Span => ({ _tag: "Span", nanos })

/** The calendar of an instant, in the offset it is shown in. */
export const calendar = ({ millis, offset }: Time): Date => new Date(millis + offset * 60_000)

const element =
  /January|Jan|Monday|Mon|MST|2006|Z07:00|Z0700|-07:00|-0700|-07|01|02|03|04|05|06|002|15|PM|pm|_2|1|2|3|4|5|[.,](?:0+|9+)(?!\d)/g

/** Formats an instant by a Go layout (`2006-01-02`). */
export const goFormat = (value: Time, layout: string): string => {
  const date = calendar(value)
  return layout.replace(element, (mark) => part(mark, date, value.offset))
}

const two = (value: number): string => String(value).padStart(2, "0")

const part = (mark: string, date: Date, offset: number): string => {
  const hour = date.getUTCHours()
  const simple: Readonly<Record<string, () => string>> = {
    January: () => months[date.getUTCMonth()]!,
    Jan: () => months[date.getUTCMonth()]!.slice(0, 3),
    Monday: () => days[date.getUTCDay()]!,
    Mon: () => days[date.getUTCDay()]!.slice(0, 3),
    MST: () => offset === 0 ? "UTC" : zone(offset, ""),
    "2006": () => String(date.getUTCFullYear()).padStart(4, "0"),
    "06": () => two(date.getUTCFullYear() % 100),
    "01": () => two(date.getUTCMonth() + 1),
    "1": () => String(date.getUTCMonth() + 1),
    "02": () => two(date.getUTCDate()),
    "_2": () => String(date.getUTCDate()).padStart(2),
    "2": () => String(date.getUTCDate()),
    "002": () => String(dayOfYear(date)).padStart(3, "0"),
    "15": () => two(hour),
    "03": () => two(hour % 12 || 12),
    "3": () => String(hour % 12 || 12),
    "04": () => two(date.getUTCMinutes()),
    "4": () => String(date.getUTCMinutes()),
    "05": () => two(date.getUTCSeconds()),
    "5": () => String(date.getUTCSeconds()),
    PM: () => hour < 12 ? "AM" : "PM",
    pm: () => hour < 12 ? "am" : "pm",
    "Z07:00": () => offset === 0 ? "Z" : zone(offset, ":"),
    Z0700: () => offset === 0 ? "Z" : zone(offset, ""),
    "-07:00": () => zone(offset, ":"),
    "-0700": () => zone(offset, ""),
    "-07": () => zone(offset, "").slice(0, 3)
  }
  return simple[mark]?.() ?? fraction(mark, date)
}

const fraction = (mark: string, date: Date): string => {
  const digits = String(date.getUTCMilliseconds()).padStart(3, "0").padEnd(9, "0").slice(0, mark.length - 1)
  if (mark[1] === "0") return mark[0] + digits
  const trimmed = digits.replace(/0+$/, "")
  return trimmed === "" ? "" : mark[0] + trimmed
}

const zone = (offset: number, colon: string): string => {
  const size = Math.abs(offset)
  return `${offset < 0 ? "-" : "+"}${two(Math.trunc(size / 60))}${colon}${two(size % 60)}`
}

/** The day of the year, from 1. */
export const dayOfYear = (date: Date): number =>
  Math.floor(
    (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) -
      Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000
  ) + 1

const units: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  "µs": 1e3,
  "μs": 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9
}

/** Parses a Go duration (`1h30m`, `-1.5s`). Throws Refusal. */
export const parseSpan = (text: string): Span => {
  if (text === "0") return span(0n)
  const found = /^([+-]?)((?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text)
  if (found === null) throw new Refusal(`invalid duration "${text}"`)
  let nanos = 0
  for (const [, amount, unit] of found[2]!.matchAll(/([\d.]+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    nanos += Number(amount) * units[unit!]!
  }
  return span(BigInt(Math.round(found[1] === "-" ? -nanos : nanos)))
}

/** A span as Go prints it (`1h30m0s`, `1.5s`, `20ms`). */
export const spanText = ({ nanos }: Span): string => {
  if (nanos === 0n) return "0s"
  const size = nanos < 0n ? -nanos : nanos
  const sign = nanos < 0n ? "-" : ""
  if (size < 1_000n) return `${sign}${size}ns`
  if (size < 1_000_000n) return `${sign}${Number(size) / 1e3}µs`
  if (size < 1_000_000_000n) return `${sign}${Number(size) / 1e6}ms`
  const minutes = size / 60_000_000_000n
  const seconds = `${Number(size % 60_000_000_000n) / 1e9}s`
  if (minutes === 0n) return sign + seconds
  return minutes < 60n ? `${sign}${minutes}m${seconds}` : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`
}
