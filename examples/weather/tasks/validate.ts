/** Checks the rows and groups them. */
import { Schema, task } from "../../../mod.ts"
import { work } from "../demo.ts"
import { byYear, InvalidRow, toDay, Year } from "../weather.ts"

/** Days by year and month. */
export const validate = task("validate", {
  cache: true,
  input: Schema.Array(Schema.String),
  output: Schema.Array(Year),
  errors: [InvalidRow],
  run: (rows, context) => work(context, 300, () => byYear(rows.map(toDay)))
})
