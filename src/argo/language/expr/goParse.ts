/** Parses dates by Go layouts. */
import { instantsOf, offsetAt } from "../../../schedule/zone.ts"
import type { Budget } from "./Budget.ts"
import { Refusal } from "./ExprError.ts"
import { time } from "./goTime.ts"
import { literally, type Range, regex } from "./regex.ts"
import type { Time } from "./Value.ts"

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

/** Layouts tried when none is given. */
const layouts = [
  "2006-01-02",
  "15:04:05",
  "2006-01-02 15:04:05",
  "2006-01-02T15:04:05Z07:00",
  "02 Jan 06 15:04 MST",
  "Monday, 02-Jan-06 15:04:05 MST",
  "Mon, 02 Jan 2006 15:04:05 MST"
]

const element =
  /January|Jan|Monday|Mon|MST|2006|Z07:00|Z0700|-07:00|-0700|-07|01|02|03|04|05|06|15|PM|pm|_2|1|2|3|4|5|\.(?:0+|9+)(?!\d)/g

interface Mark {
  readonly pattern: string
  readonly field: string
}

const marks: Readonly<Record<string, Mark>> = {
  "2006": { pattern: "\\d{4}", field: "year" },
  "06": { pattern: "\\d{2}", field: "shortYear" },
  "01": { pattern: "\\d{2}", field: "month" },
  "1": { pattern: "\\d{1,2}", field: "month" },
  "02": { pattern: "\\d{2}", field: "day" },
  "2": { pattern: "\\d{1,2}", field: "day" },
  "_2": { pattern: "[ \\d]\\d", field: "day" },
  "15": { pattern: "\\d{2}", field: "hour" },
  "03": { pattern: "\\d{2}", field: "hour" },
  "3": { pattern: "\\d{1,2}", field: "hour" },
  "04": { pattern: "\\d{2}", field: "minute" },
  "4": { pattern: "\\d{1,2}", field: "minute" },
  "05": { pattern: "\\d{2}(?:\\.\\d+)?", field: "second" },
  "5": { pattern: "\\d{1,2}(?:\\.\\d+)?", field: "second" },
  PM: { pattern: "[AP]M", field: "half" },
  pm: { pattern: "[ap]m", field: "half" },
  January: { pattern: "[A-Za-z]{3,9}", field: "monthName" },
  Jan: { pattern: "[A-Za-z]{3}", field: "monthName" },
  Monday: { pattern: "[A-Za-z]{6,9}", field: "ignored" },
  Mon: { pattern: "[A-Za-z]{3}", field: "ignored" },
  MST: { pattern: "[A-Z]{3,4}", field: "ignored" },
  "Z07:00": { pattern: "Z|[+-]\\d{2}:\\d{2}", field: "zone" },
  Z0700: { pattern: "Z|[+-]\\d{4}", field: "zone" },
  "-07:00": { pattern: "[+-]\\d{2}:\\d{2}", field: "zone" },
  "-0700": { pattern: "[+-]\\d{4}", field: "zone" },
  "-07": { pattern: "[+-]\\d{2}", field: "zone" }
}

/**
 * Parses a date by one layout, or by the usual ones; what names no
 * offset is told by the clocks of `zone`, default UTC. Throws Refusal.
 */
export const goParse = (text: string, budget: Budget, layout?: string, zone?: string): Time => {
  for (const candidate of layout === undefined ? layouts : [layout]) {
    const fields = fieldsOf(text, candidate, budget)
    if (fields !== undefined) return build(fields, text, zone)
  }
  throw new Refusal(`invalid date ${text}`)
}

const fieldsOf = (text: string, layout: string, budget: Budget): ReadonlyMap<string, string> | undefined => {
  if (layout.length > 100) throw new Refusal("the layout of a date is longer than 100 characters")
  const names: Array<string> = []
  let pattern = ""
  let end = 0
  for (const found of layout.matchAll(element)) {
    pattern += literally(layout.slice(end, found.index))
    end = found.index + found[0].length
    const mark = marks[found[0]] ?? { pattern: "\\.?\\d*", field: "ignored" }
    names.push(mark.field)
    pattern += `(${mark.pattern})`
  }
  // A layout may repeat marks of different widths, which JavaScript would try in all combinations.
  const [match] = regex(`^${pattern}${literally(layout.slice(end))}$`, budget).all(text, 1)
  if (match === undefined) return undefined
  return new Map(names.map((name, index) => [name, textOf(text, match.group(index + 1))]))
}

const textOf = (text: string, { end, start }: Range): string => text.slice(start, end)

const build = (fields: ReadonlyMap<string, string>, text: string, zone: string | undefined): Time => {
  const number = (name: string, fallback: number): number => Number(fields.get(name)?.trim() ?? fallback)
  const named = fields.get("monthName")
  const month = named === undefined ? number("month", 1) : months.indexOf(named.slice(0, 3).toLowerCase()) + 1
  const short = fields.get("shortYear")
  const year = short === undefined ? number("year", 0) : Number(short) + (Number(short) >= 69 ? 1900 : 2000)
  const half = fields.get("half")?.toUpperCase()
  const hour = half === undefined ? number("hour", 0) : number("hour", 0) % 12 + (half === "PM" ? 12 : 0)
  const day = number("day", 1)
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, number("minute", 0), 0, Math.round(number("second", 0) * 1_000))
  const isOver = number("minute", 0) > 59 || number("second", 0) >= 60 || hour > 23
  if (month < 1 || month > 12 || date.getUTCDate() !== day || isOver) throw new Refusal(`invalid date ${text}`)
  return placed(date.getTime(), fields.get("zone"), zone)
}

/** The instant at which clocks show a wall time: those with the offset that is written, else those of a zone. */
const placed = (wall: number, written: string | undefined, zone: string | undefined): Time => {
  const offset = written === undefined && zone !== undefined
    ? offsetAt(zone, instantsOf(zone, wall)[0] ?? wall) / 60_000
    : offsetOf(written)
  return time(wall - offset * 60_000, offset)
}

const offsetOf = (zone: string | undefined): number => {
  if (zone === undefined || zone === "Z") return 0
  const digits = zone.slice(1).replace(":", "")
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0)
  return zone.startsWith("-") ? -minutes : minutes
}
