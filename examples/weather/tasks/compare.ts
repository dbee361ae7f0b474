/** Compares the years. */
import { Schema, task } from "../../../mod.ts"
import { work } from "../demo.ts"
import { compareYears, Comparison, YearSummary } from "../statistics.ts"

/** All years beside each other. */
export const compare = task("compare", {
  cache: true,
  input: Schema.Array(YearSummary),
  output: Comparison,
  run: (years, context) => work(context, 250, () => compareYears(years))
})
