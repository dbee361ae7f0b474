/** What is computed of months and years: pure functions and the schemas of their results. */
import { Schema } from "../../mod.ts"
import { Day, type Kind, kinds } from "./weather.ts"

/** A month in numbers: means in degrees Celsius, rain in millimetres, days by kind of weather. */
export const MonthSummary = Schema.Struct({
  month: Schema.String,
  days: Schema.Array(Day),
  high: Schema.Number,
  low: Schema.Number,
  rain: Schema.Number,
  kinds: Schema.Record(Schema.Literals(kinds), Schema.Number)
})

/** A month in numbers. */
export type MonthSummary = typeof MonthSummary.Type

/** A year in numbers, with its months. */
export const YearSummary = Schema.Struct({
  year: Schema.Number,
  months: Schema.Array(MonthSummary),
  daylight: Schema.Array(Schema.Number),
  mean: Schema.Number,
  rain: Schema.Number,
  wetDays: Schema.Number,
  hottest: Day,
  coldest: Day,
  wettest: Day
})

/** A year in numbers. */
export type YearSummary = typeof YearSummary.Type

/** What the years have in common. */
export const Comparison = Schema.Struct({
  hottest: Day,
  coldest: Day,
  wettest: Day,
  /** The longest time without rain. */
  dry: Schema.Struct({ from: Schema.String, to: Schema.String, days: Schema.Number }),
  /** The mean temperature of each month of the year, January first. */
  temperatures: Schema.Array(Schema.Number),
  /** Hours of daylight in the middle of each month of the year. */
  daylight: Schema.Array(Schema.Number)
})

/** What the years have in common. */
export type Comparison = typeof Comparison.Type

const sum = (values: ReadonlyArray<number>): number => values.reduce((total, value) => total + value, 0)
const mean = (values: ReadonlyArray<number>): number => sum(values) / values.length

/** The item with the greatest value; the first of equals. */
const most = <T>(items: ReadonlyArray<T>, value: (item: T) => number): T =>
  items.reduce((best, item) => value(item) > value(best) ? item : best)

/** One month. */
export const summariseMonth = ({ days, month }: {
  readonly month: string
  readonly days: ReadonlyArray<Day>
}): MonthSummary => ({
  month,
  days,
  high: mean(days.map(({ high }) => high)),
  low: mean(days.map(({ low }) => low)),
  rain: sum(days.map(({ rain }) => rain)),
  kinds: Object.fromEntries(
    kinds.map((kind) => [kind, days.filter((day) => day.kind === kind).length])
  ) as Record<Kind, number>
})

/** One year. */
export const summariseYear = (
  year: number,
  months: ReadonlyArray<MonthSummary>,
  daylight: ReadonlyArray<number>
): YearSummary => {
  const days = months.flatMap((month) => month.days)
  return {
    year,
    months,
    daylight,
    mean: mean(days.map(({ high, low }) => (high + low) / 2)),
    rain: sum(days.map(({ rain }) => rain)),
    wetDays: days.filter(({ rain }) => rain > 0).length,
    hottest: most(days, ({ high }) => high),
    coldest: most(days, ({ low }) => -low),
    wettest: most(days, ({ rain }) => rain)
  }
}

const dryDays = (days: ReadonlyArray<Day>): Comparison["dry"] => {
  let best = { from: "", to: "", days: 0 }
  let now = best
  for (const { date, rain } of days) {
    now = rain > 0 ? { from: "", to: "", days: 0 } : { from: now.from || date, to: date, days: now.days + 1 }
    if (now.days > best.days) best = now
  }
  return best
}

const averages = (lists: ReadonlyArray<ReadonlyArray<number>>): ReadonlyArray<number> =>
  Array.from({ length: 12 }, (_, month) => mean(lists.map((list) => list[month] ?? NaN)))

/** All years. */
export const compareYears = (years: ReadonlyArray<YearSummary>): Comparison => ({
  hottest: most(years.map(({ hottest }) => hottest), ({ high }) => high),
  coldest: most(years.map(({ coldest }) => coldest), ({ low }) => -low),
  wettest: most(years.map(({ wettest }) => wettest), ({ rain }) => rain),
  dry: dryDays(years.flatMap(({ months }) => months.flatMap(({ days }) => days))),
  temperatures: averages(years.map(({ months }) => months.map(({ high, low }) => (high + low) / 2))),
  daylight: averages(years.map(({ daylight }) => daylight))
})
