/**
 * Patterns of wall times: read once, then asked for the next time. Pure. A wall time is written as the instant at which
 * UTC shows it, so every day has 24 hours here.
 */
import { own } from "../workflow/own.ts"

/** A timing that cannot be read; the message says why. */
export class BadTiming extends Error {
  override readonly name: "BadTiming" = "BadTiming"
}

/** What a pattern says, looked up by number. */
export interface WallPattern {
  /** Minutes of a day, the earliest first. */
  readonly times: ReadonlyArray<number>
  readonly days: ReadonlySet<number>
  /** Also the last day of each month. */
  readonly last: boolean
  readonly months: ReadonlySet<number>
  readonly weekdays: ReadonlySet<number>
  /** Whether a day has to be one of `days` and one of `weekdays`, or one of either. */
  readonly areBoth: boolean
  /** Whether its minute or its hour is written as any, or by a step. */
  readonly isThroughHours: boolean
}

/** Patterns that have names. */
const macros: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *"
}

interface Field {
  readonly name: string
  readonly least: number
  readonly most: number
  /** Words that stand for numbers, from `least` on. */
  readonly words: ReadonlyArray<string>
}

/** Days of the week; Sunday is 0. */
export const weekdayNames: ReadonlyArray<string> = "sun mon tue wed thu fri sat".split(" ")

const minute: Field = { name: "minute", least: 0, most: 59, words: [] }
const hour: Field = { name: "hour", least: 0, most: 23, words: [] }
const dayOfMonth: Field = { name: "day of month", least: 1, most: 31, words: [] }
const monthNames = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ")
const month: Field = { name: "month", least: 1, most: 12, words: monthNames }
const dayOfWeek: Field = { name: "day of week", least: 0, most: 6, words: weekdayNames }

/**
 * Five fields as all crons have them: `5/15` goes on to the end of the range, `?` is `*`, Sunday is 0 alone, and where
 * both days are given, either will do. `spans` is how equal spans are written instead. Throws `BadTiming`.
 */
export const readPattern = (written: string, spans: string): WallPattern => {
  const pattern = own(macros, written) ?? written
  const parts = pattern.split(/\s+/)
  if (pattern.startsWith("@")) {
    throw new BadTiming(`there is no "${pattern}": choose ${Object.keys(macros).join(", ")} or ${spans}`)
  }
  if (parts.length !== 5) {
    throw new BadTiming(`"${pattern}" has ${parts.length} fields: write minute hour day-of-month month day-of-week`)
  }
  const [minutes, hours, days, months, weekdays] = parts as [string, string, string, string, string]
  return {
    times: timesOf(numbersOf(minutes, minute), numbersOf(hours, hour)),
    days: numbersOf(days, dayOfMonth),
    last: false,
    months: numbersOf(months, month),
    weekdays: numbersOf(weekdays, dayOfWeek),
    areBoth: isAny(days) || isAny(weekdays),
    isThroughHours: /[*?/]/.test(minutes + hours)
  }
}

/** Minutes of a day, in their order. */
export const timesOf = (minutes: Iterable<number>, hours: Iterable<number>): ReadonlyArray<number> =>
  [...hours].flatMap((hour) => [...minutes].map((minute) => 60 * hour + minute)).sort((a, b) => a - b)

const isAny = (part: string): boolean => part.split(",").some((piece) => /^[*?](\/0*1)?$/.test(piece))

const numbersOf = (part: string, field: Field): ReadonlySet<number> =>
  new Set(part.split(",").flatMap((piece) => range(piece, field)))

const range = (piece: string, field: Field): ReadonlyArray<number> => {
  const [whole, from, to, step = "1"] = /^([*?]|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(piece) ?? []
  const areAll = from === "*" || from === "?"
  if (from === undefined || areAll && to !== undefined || Number(step) === 0) throw invalid(piece, field)
  const first = areAll ? field.least : numberOf(from, piece, field)
  const isOne = !areAll && to === undefined && !whole!.includes("/")
  const last = isOne ? first : to === undefined ? field.most : numberOf(to, piece, field)
  if (last < first) throw invalid(piece, field)
  const found: Array<number> = []
  for (let it = first; it <= last; it += Number(step)) found.push(it)
  return found
}

const numberOf = (word: string, piece: string, field: Field): number => {
  const at = field.words.indexOf(word.toLowerCase())
  if (at !== -1) return at + field.least
  const number = /^\d+$/.test(word) ? Number(word) : NaN
  if (field === dayOfWeek && number === 7) throw new BadTiming("7 is not a day of the week: write 0 for Sunday")
  if (number >= field.least && number <= field.most) return number
  throw invalid(piece, field)
}

const invalid = (piece: string, { least, most, name, words }: Field): BadTiming => {
  const or = words.length === 0 ? "" : `, or ${words[0]} to ${words.at(-1)}`
  return new BadTiming(`"${piece}" is not a valid ${name}: write ${least} to ${most}${or}`)
}

const aMinute = 60_000
const minutesOfDay = 1_440
const aDay = 86_400_000

/** 29 February is on each day of the week once in 40 years at most. */
const horizon = 41 * 366

/** Beyond it there are no dates. */
const lastDay = 8.64e15 / aDay

/** The first wall time after another one; `undefined` when there is none. */
export const nextWall = (pattern: WallPattern, after: number): number | undefined => {
  const { times } = pattern
  const next = Math.floor(after / aMinute) + 1
  const today = Math.floor(next / minutesOfDay)
  const later = times.at(-1)! >= next - today * minutesOfDay
  const day = nextDay(pattern, later ? today : today + 1, today + horizon)
  if (day === undefined) return undefined
  const time = day === today ? times[firstFrom(times, next - today * minutesOfDay)]! : times[0]!
  return (day * minutesOfDay + time) * aMinute
}

const nextDay = (pattern: WallPattern, from: number, until: number): number | undefined => {
  const { areBoth, days, last, months, weekdays } = pattern
  for (let day = from; day <= Math.min(until, lastDay);) {
    const date = new Date(day * aDay)
    const [year, month, number] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
    if (!months.has(month + 1)) {
      day = Date.UTC(year, month + 1, 1) / aDay
      continue
    }
    const isDay = days.has(number) || last && new Date((day + 1) * aDay).getUTCDate() === 1
    const isWeekday = weekdays.has(date.getUTCDay())
    if (areBoth ? isDay && isWeekday : isDay || isWeekday) return day
    day++
  }
  return undefined
}

/** The place of the first time that is not before another one. */
const firstFrom = (times: ReadonlyArray<number>, least: number): number => {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle]! < least) low = middle + 1
    else high = middle
  }
  return low
}
