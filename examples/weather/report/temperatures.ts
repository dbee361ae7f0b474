/** One chart for each year: the range of temperatures of every day, and the mean of every month. */
import type { MonthSummary, YearSummary } from "../statistics.ts"
import { chart, dot, line, linear, place, rules, type Scale, text } from "./svg.ts"
import { dateText, dayText, degrees, fixed, monthNames } from "./words.ts"

const frame = { left: 34, right: 352, top: 12, bottom: 186 }
const range = [-10, 40] as const
const y = linear(range, [frame.bottom, frame.top])

/** The colours of temperatures, shared by all years. */
export const temperatureColours = (): string => {
  const stops = [[40, "hot"], [28, "hot"], [18, "warm"], [9, "mild"], [0, "cold"], [-10, "cold"]] as const
  const marks = stops.map(([at, name]) => `<stop offset="${1 - (at + 10) / 50}" class="${name}"/>`).join("")
  const across = `gradientUnits="userSpaceOnUse" x1="0" x2="0" y1="${frame.top}" y2="${frame.bottom}"`
  return `<svg width="0" height="0" aria-hidden="true" style="position:absolute"><defs>` +
    `<linearGradient id="heat" ${across}>${marks}</linearGradient></defs></svg>`
}

const dayOfYear = (date: string): number => (Date.parse(date) - Date.parse(`${date.slice(0, 4)}-01-01`)) / 86_400_000

const ranges = (months: ReadonlyArray<MonthSummary>, x: Scale): string => {
  const strokes = months.flatMap(({ days }) => days).map(({ date, high, low }) =>
    `M${place(x(dayOfYear(date) + 0.5))} ${place(y(low))}V${place(y(high))}`
  )
  return `<path d="${strokes.join("")}" class="ranges"/>`
}

const means = (months: ReadonlyArray<MonthSummary>, x: Scale): string => {
  const points = months.map(({ days, high, low, month }) =>
    `${place(x(dayOfYear(`${month}-01`) + days.length / 2))},${place(y((high + low) / 2))}`
  )
  return `<polyline points="${points.join(" ")}" class="halo"/><polyline points="${points.join(" ")}" class="mean"/>`
}

const monthLabels = (year: number, x: Scale): string =>
  monthNames.map((name, month) => {
    const start = x(dayOfYear(`${year}-${String(month + 1).padStart(2, "0")}-01`))
    const label = text(start + 13, frame.bottom + 15, name.slice(0, 1), { anchor: "middle" })
    return label + line(start, frame.bottom, start, frame.bottom + 4, "axis")
  }).join("")

const extremes = ({ coldest, hottest }: YearSummary, x: Scale): string => {
  const [hot, cold] = [x(dayOfYear(hottest.date)), x(dayOfYear(coldest.date))]
  // A label that begins too far right would leave the chart.
  const side = cold > 250 ? { anchor: "end", shift: -7 } as const : { anchor: "start", shift: 7 } as const
  return dot(hot, y(hottest.high), "hottest", `${dateText(hottest.date)}: ${degrees(hottest.high)}`) +
    text(hot + 7, y(hottest.high) - 3, `${fixed(hottest.high)}° ${dayText(hottest.date)}`, { kind: "note" }) +
    dot(cold, y(coldest.low), "coldest", `${dateText(coldest.date)}: ${degrees(coldest.low)}`) +
    text(cold + side.shift, y(coldest.low) + 4, `${fixed(coldest.low)}° ${dayText(coldest.date)}`, {
      kind: "note",
      anchor: side.anchor
    })
}

/** The temperatures of one year. */
export const temperatures = (summary: YearSummary): string => {
  const { coldest, hottest, months, year } = summary
  const x = linear([0, dayOfYear(`${year}-12-31`) + 1], [frame.left, frame.right])
  const body = rules([-10, 0, 10, 20, 30, 40], y, frame, (value) => fixed(value, 0)) +
    ranges(months, x) + means(months, x) + monthLabels(year, x) + extremes(summary, x)
  const says = `Daily temperatures in ${year}, from ${degrees(coldest.low)} to ${degrees(hottest.high)}`
  return chart(`${year}, °C`, says, 206, body)
}
