/** Writes the report, and a receipt at the end of the run: each run its own, so nothing of it is reused. */
import { Artifact, Schema, task } from "../../../mod.ts"
import { work, writeWhole } from "../demo.ts"
import { page } from "../report/page.ts"
import { Comparison, YearSummary } from "../statistics.ts"

/** The report as an artifact. */
export const report = task("report", {
  input: { years: Schema.Array(YearSummary), comparison: Comparison },
  output: Artifact,
  run: async ({ comparison, years }, context) => {
    const html = page(years, comparison, context.run)
    const { file } = await work(context, 250, () => writeWhole("report.html", html))
    return await context.artifacts.put("report.html", file)
  }
})

/** How the run ended. */
export const receipt = task("receipt", {
  input: { run: Schema.String, phase: Schema.String },
  run: async (end, context) => {
    await work(context, 100, () => writeWhole("outcome.json", `${JSON.stringify(end)}\n`))
  }
})
