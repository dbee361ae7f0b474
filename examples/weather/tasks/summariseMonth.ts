/** Sums up a month. */
import { task } from "../../../mod.ts"
import { work } from "../demo.ts"
import { MonthSummary, summariseMonth as summary } from "../statistics.ts"
import { Month } from "../weather.ts"

/** A month in numbers. */
export const summariseMonth = task("summarise-month", {
  cache: true,
  input: Month,
  output: MonthSummary,
  run: (month, context) => work(context, 250, () => summary(month))
})
