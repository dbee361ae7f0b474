/** Rain by month and year, as bars in a table. */
import type { YearSummary } from "../statistics.ts"
import { bar, chart, line, linear, text } from "./svg.ts"
import { monthNames, whole } from "./words.ts"

const left = 40
const rowHeight = 21
const top = 26

/** Rain of each month, one column for each year. */
export const rain = (years: ReadonlyArray<YearSummary>): string => {
  const column = (360 - left) / years.length
  const most = Math.max(...years.flatMap(({ months }) => months.map((month) => month.rain)))
  // The number stands right of its bar, inside of the column.
  const length = linear([0, most], [1, column - 32])
  const bottom = top + 12 * rowHeight
  const heads = years.map(({ year }, index) => text(left + index * column, 14, String(year), { kind: "head" }))
  const names = monthNames.map((name, month) =>
    line(0, top + month * rowHeight, 360, top + month * rowHeight, "rule") +
    text(0, top + (month + 0.7) * rowHeight, name)
  )
  const bars = years.flatMap(({ months, year }, index) =>
    months.map((month, row) => {
      const [x, y] = [left + index * column, top + row * rowHeight]
      const says = `${monthNames[row]} ${year}: ${whole(month.rain)} mm`
      return bar({ x, y: y + 4, width: length(month.rain), height: rowHeight - 8 }, "rain", says) +
        text(x + length(month.rain) + 4, y + 0.7 * rowHeight, whole(month.rain))
    })
  )
  const totals = years.map((year, index) =>
    text(left + index * column, bottom + 17, whole(year.rain), { kind: "head" })
  )
  const foot = line(0, bottom, 360, bottom, "axis") + text(0, bottom + 17, "Year", { kind: "head" })
  const says = `Rain by month, ${years.map((year) => `${year.year}: ${whole(year.rain)} mm`).join(", ")}`
  return chart("Rain by month, mm", says, bottom + 24, [...heads, ...names, ...bars, foot, ...totals].join(""))
}
