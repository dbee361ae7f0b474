/** The data: one day of weather in Seattle, its schema, and the CSV file it is read from. */
import { fileURLToPath } from "node:url"
import { Schema } from "../../mod.ts"

/** The file in the package `vega-datasets`: daily weather in Seattle, 2012 to 2015, from NOAA. */
export const source = fileURLToPath(
  new URL("../../node_modules/vega-datasets/data/seattle-weather.csv", import.meta.url)
)

/** The kinds of weather, from the driest to the wettest. */
export const kinds = ["sun", "fog", "drizzle", "rain", "snow"] as const

/** A kind of weather. */
export type Kind = typeof kinds[number]

const Celsius = Schema.Number.check(Schema.isBetween({ minimum: -60, maximum: 60 }))

/** One day: rain in millimetres, temperatures in degrees Celsius. */
export const Day = Schema.Struct({
  date: Schema.String.check(Schema.isPattern(/^\d{4}-\d\d-\d\d$/)),
  rain: Schema.Number.check(Schema.isGreaterThanOrEqualTo(0)),
  high: Celsius,
  low: Celsius,
  kind: Schema.Literals(kinds)
}).check(Schema.makeFilter((day) => day.low <= day.high || "the low is above the high"))

/** One day. */
export type Day = typeof Day.Type

/** The days of one month; `month` is "2012-01". */
export const Month = Schema.Struct({ month: Schema.String, days: Schema.Array(Day) })

/** The months of one year. */
export const Year = Schema.Struct({ year: Schema.Number, months: Schema.Array(Month) })

/** A row that is no day; `line` counts from 1, the header included. */
export class InvalidRow extends Schema.TaggedError<InvalidRow>()("InvalidRow", {
  line: Schema.Number,
  message: Schema.String
}) {}

/** The rows of a CSV file without quoted fields, header excepted. */
export const rowsOf = (csv: string): ReadonlyArray<string> => csv.trimEnd().split("\n").slice(1)

const decodeDay = Schema.decodeUnknownSync(Day)

/** Reads one row; throws `InvalidRow`. */
export const toDay = (row: string, index: number): Day => {
  const [date, rain, high, low, , kind] = row.trimEnd().split(",")
  try {
    return decodeDay({ date, rain: Number(rain), high: Number(high), low: Number(low), kind })
  } catch (error) {
    throw new InvalidRow({ line: index + 2, message: error instanceof Error ? error.message : String(error) })
  }
}

/** Days by year and month, in order. */
export const byYear = (days: ReadonlyArray<Day>): ReadonlyArray<typeof Year.Type> => {
  const months = Map.groupBy(days, ({ date }) => date.slice(0, 7))
  const years = Map.groupBy(months, ([month]) => month.slice(0, 4))
  return [...years].map(([year, parts]) => ({
    year: Number(year),
    months: parts.map(([month, list]) => ({ month, days: list }))
  }))
}
