/** Reading from values: items, keys, slices, and the methods of instants and spans. */
import { Refusal } from "./ExprError.ts"
import { format } from "./format.ts"
import { shownIn } from "./zones.ts"
import { calendar, dayOfYear, goFormat, span, spanText, time } from "./goTime.ts"
import { isList, isMap, isSpan, isTime, isZone, type Span, type Time, typeName, type Value } from "./Value.ts"

/** `target[property]` or `target.property`; an unknown key of a map is nil. Throws Refusal. */
export const member = (target: Value, property: Value): Value => {
  if (isMap(target)) return target.get(property) ?? null
  if (isList(target)) return item(target, property)
  if (typeof target === "string" && typeof property === "bigint") return item([...target], property)
  if (typeof property === "string") {
    const method = isTime(target)
      ? timeMethod(target, property)
      : isSpan(target)
      ? spanMethod(target, property)
      : undefined
    if (method !== undefined) return () => method()
    if (isTime(target)) return timeFunction(target, property)
    if (isSpan(target)) return spanFunction(target, property)
    if (isZone(target) && property === "String") return () => target.name
  }
  throw new Refusal(`cannot fetch ${format(property)} from ${typeName(target)}`)
}

const item = (list: ReadonlyArray<Value>, index: Value): Value => {
  if (typeof index !== "bigint" && !Number.isInteger(index)) {
    throw new Refusal(`cannot use ${typeName(index)} to get an element from array`)
  }
  const at = Number(index)
  const found = list[at < 0 ? list.length + at : at]
  if (found === undefined) throw new Refusal(`index out of range: ${at} (array length is ${list.length})`)
  return found
}

/** `target[from:to]`; negative bounds count from the end. Throws Refusal. */
export const slice = (target: Value, from: Value | undefined, to: Value | undefined): Value => {
  const size = typeof target === "string" || isList(target) ? target.length : undefined
  if (size === undefined) throw new Refusal(`cannot slice ${typeName(target)}`)
  const bound = (value: Value | undefined, fallback: number): number => {
    if (value === undefined) return fallback
    if (typeof value !== "bigint") throw new Refusal(`cannot slice with ${typeName(value)}`)
    const index = Number(value)
    return Math.min(size, Math.max(0, index < 0 ? size + index : index))
  }
  const end = bound(to, size)
  const start = Math.min(bound(from, 0), end)
  return (target as string | ReadonlyArray<Value>).slice(start, end)
}

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

const timeMethod = (value: Time, name: string): (() => Value) | undefined => {
  const date = calendar(value)
  const number = (part: number) => () => BigInt(part)
  const methods: Readonly<Record<string, () => Value>> = {
    Year: number(date.getUTCFullYear()),
    Month: number(date.getUTCMonth() + 1),
    Day: number(date.getUTCDate()),
    Hour: number(date.getUTCHours()),
    Minute: number(date.getUTCMinutes()),
    Second: number(date.getUTCSeconds()),
    Nanosecond: number(date.getUTCMilliseconds() * 1_000_000),
    YearDay: number(dayOfYear(date)),
    Weekday: () => weekdays[date.getUTCDay()]!,
    Unix: () => BigInt(Math.floor(value.millis / 1_000)),
    UnixMilli: () => BigInt(Math.floor(value.millis)),
    UnixNano: () => BigInt(Math.floor(value.millis)) * 1_000_000n,
    UnixMicro: () => BigInt(Math.floor(value.millis)) * 1_000n,
    IsZero: () => value.millis === -62_135_596_800_000,
    UTC: () => time(value.millis),
    Local: () => time(value.millis),
    String: () => format(value)
  }
  return Object.hasOwn(methods, name) ? methods[name] : undefined
}

const timeFunction = (value: Time, name: string): Value => {
  const functions: Readonly<Record<string, (argument: Value) => Value>> = {
    Format: (layout) => goFormat(value, typeof layout === "string" ? layout : ""),
    Add: (other) => time(value.millis + Number(asSpan(other).nanos) / 1e6, value.offset),
    Sub: (other) => span(BigInt(Math.round((value.millis - asTime(other).millis) * 1e6))),
    Before: (other) => value.millis < asTime(other).millis,
    After: (other) => value.millis > asTime(other).millis,
    Equal: (other) => value.millis === asTime(other).millis,
    Compare: (other) => BigInt(Math.sign(value.millis - asTime(other).millis)),
    In: (zone) => shownIn(value, zone),
    Round: (by) => aligned(value, asSpan(by), 0.5),
    Truncate: (by) => aligned(value, asSpan(by), 0)
  }
  if (name === "AddDate") return (...by) => later(value, by)
  const found = Object.hasOwn(functions, name) ? functions[name] : undefined
  if (found === undefined) throw new Refusal(`type time.Time has no method ${name}`)
  return (argument) => found(argument ?? null)
}

/** Go counts from the first of January of the year 1. */
const beginning = 62_135_596_800_000n * 1_000_000n

const aligned = (value: Time, { nanos }: Span, half: number): Time => {
  if (nanos <= 0n) return value
  const since = BigInt(Math.round(value.millis * 1e6)) + beginning
  return time(Number(multiple(since, nanos, half) - beginning) / 1e6, value.offset)
}

/** The multiple below, or with `half` the nearest. */
const multiple = (value: bigint, of: bigint, half: number): bigint => {
  const size = value < 0n ? -value : value
  const rest = size % of
  const made = size - rest + (half > 0 && rest * 2n >= of ? of : 0n)
  return value < 0n ? -made : made
}

const later = (value: Time, by: ReadonlyArray<Value>): Time => {
  const [years = 0, months = 0, days = 0] = by.map(Number)
  const date = calendar(value)
  date.setUTCFullYear(date.getUTCFullYear() + years, date.getUTCMonth() + months, date.getUTCDate() + days)
  return time(date.getTime() - value.offset * 60_000, value.offset)
}

const spanFunction = (value: Span, name: string): Value => {
  const halves: Readonly<Record<string, number>> = { Round: 0.5, Truncate: 0 }
  const half = Object.hasOwn(halves, name) ? halves[name] : undefined
  if (half === undefined) throw new Refusal(`type time.Duration has no method ${name}`)
  return (by) => {
    const { nanos } = asSpan(by ?? null)
    return nanos <= 0n ? value : span(multiple(value.nanos, nanos, half))
  }
}

const asSpan = (value: Value): Span => {
  if (isSpan(value)) return value
  throw new Refusal(`cannot use ${typeName(value)} as time.Duration`)
}

const asTime = (value: Value): Time => {
  if (isTime(value)) return value
  throw new Refusal(`cannot use ${typeName(value)} as time.Time`)
}

const spanMethod = (value: Span, name: string): (() => Value) | undefined => {
  const methods: Readonly<Record<string, () => Value>> = {
    Hours: () => Number(value.nanos) / 3600e9,
    Minutes: () => Number(value.nanos) / 60e9,
    Seconds: () => Number(value.nanos) / 1e9,
    Milliseconds: () => value.nanos / 1_000_000n,
    Microseconds: () => value.nanos / 1_000n,
    Nanoseconds: () => value.nanos,
    Abs: () => span(value.nanos < 0n ? -value.nanos : value.nanos),
    String: () => spanText(value)
  }
  return Object.hasOwn(methods, name) ? methods[name] : undefined
}
