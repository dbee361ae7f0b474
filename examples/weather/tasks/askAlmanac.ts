/** Asks a service that is often busy. */
import { Schema, task } from "../../../mod.ts"
import { AlmanacBusy, daylight } from "../almanac.ts"
import { work } from "../demo.ts"

/** Hours of daylight by month. */
export const askAlmanac = task("ask-almanac", {
  cache: true,
  input: { year: Schema.Number },
  output: Schema.Array(Schema.Number),
  errors: [AlmanacBusy],
  timeout: "10 seconds",
  run: ({ year }, context) => work(context, 150, () => daylight(year, context.attempt))
})
