/** What the weather was: the share of days of each kind, by month. */
import type { YearSummary } from "../statistics.ts"
import { type Kind, kinds } from "../weather.ts"
import { bar, chart, linear, rules, text } from "./svg.ts"
import { fixed, monthNames } from "./words.ts"

const frame = { left: 34, right: 360, top: 36, bottom: 250 }
const y = linear([0, 100], [frame.bottom, frame.top])

const legend = (): string =>
  kinds.map((kind, index) => {
    const x = frame.left + index * 65
    return bar({ x, y: 5, width: 12, height: 12 }, kind, kind) + text(x + 17, 15, kind)
  }).join("")

/** The share of days of each kind in a month of all years, in percent. */
const shares = (years: ReadonlyArray<YearSummary>, month: number): ReadonlyArray<readonly [Kind, number]> => {
  const counts = years.map(({ months }) => months[month]!.kinds)
  const days = years.reduce((total, { months }) => total + months[month]!.days.length, 0)
  return kinds.map((kind) => [kind, 100 * counts.reduce((total, count) => total + count[kind], 0) / days])
}

const column = (years: ReadonlyArray<YearSummary>, month: number): string => {
  const width = (frame.right - frame.left) / 12
  const x = frame.left + month * width
  let from = 0
  const parts = shares(years, month).filter(([, share]) => share > 0).map(([kind, share]) => {
    const at = { x: x + 2, y: y(from + share), width: width - 4, height: y(from) - y(from + share) }
    from += share
    return bar(at, kind, `${monthNames[month]}: ${kind} on ${fixed(share, 0)} % of days`)
  })
  return parts.join("") + text(x + width / 2, frame.bottom + 16, monthNames[month]!.slice(0, 1), { anchor: "middle" })
}

/** The kinds of weather by month, all years together. */
export const kindsOfWeather = (years: ReadonlyArray<YearSummary>): string => {
  const columns = monthNames.map((_, month) => column(years, month)).join("")
  const body = legend() + rules([0, 25, 50, 75, 100], y, frame, (value) => `${value}`) + columns
  return chart("Kinds of days, %", "Share of days of each kind of weather, by month", 274, body)
}
