/** Sums up a year. */
import { Schema, task } from "../../../mod.ts"
import { work } from "../demo.ts"
import { MonthSummary, summariseYear as summary, YearSummary } from "../statistics.ts"

/** A year in numbers. */
export const summariseYear = task("summarise-year", {
  cache: true,
  input: { year: Schema.Number, months: Schema.Array(MonthSummary), daylight: Schema.Array(Schema.Number) },
  output: YearSummary,
  run: ({ daylight, months, year }, context) => work(context, 150, () => summary(year, months, daylight))
})
