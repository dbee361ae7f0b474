/**
 * The pipeline as a workflow: load, validate, a nested workflow
 * for each year with a fan-out over its months, join, report.
 */
import { readFileSync } from "node:fs"
import { Artifact, handler, Schedule, Schema, task, workflow } from "../../mod.ts"
import { AlmanacBusy, daylight } from "./almanac.ts"
import { type Demo, work, writeWhole } from "./demo.ts"
import { page } from "./report/page.ts"
import { compareYears, Comparison, MonthSummary, summariseMonth, summariseYear, YearSummary } from "./statistics.ts"
import { byYear, InvalidRow, Month, rowsOf, source, toDay, Year } from "./weather.ts"

/** Results are reused: they depend on their input, on these files, and on nothing that is closed over. */
const pure = { cache: { dependsOn: {} } }

/** The workflow of one year. */
const yearOf = (demo: Demo) => {
  const summariseOne = task("summarise-month", {
    ...pure,
    input: Month,
    output: MonthSummary,
    run: (month, context) => work(demo, context, 250, () => summariseMonth(month))
  })
  const askAlmanac = task("ask-almanac", {
    ...pure,
    input: { year: Schema.Number },
    output: Schema.Array(Schema.Number),
    errors: [AlmanacBusy],
    retry: {
      schedule: Schedule.exponential(demo.pace * 150),
      limit: 5,
      while: (error) => error._tag === "AlmanacBusy"
    },
    timeout: "10 seconds",
    run: ({ year }, context) => work(demo, context, 150, () => daylight(year, context.attempt))
  })
  const summarise = task("summarise-year", {
    ...pure,
    input: { year: Schema.Number, months: Schema.Array(MonthSummary), daylight: Schema.Array(Schema.Number) },
    output: YearSummary,
    run: ({ daylight, months, year }, context) => work(demo, context, 150, () => summariseYear(year, months, daylight))
  })
  return workflow("year", { input: Year, output: YearSummary }, (w) => {
    const months = w.map("months", w.input.months, summariseOne, (month) => month, {
      key: ({ month }) => month,
      concurrency: 3
    })
    const daylight = w.node("almanac", askAlmanac, { input: { year: w.input.year } })
    return w.node("summary", summarise, { input: { year: w.input.year, months, daylight } })
  })
}

/** The tasks outside of the years. */
const tasksOf = (demo: Demo) => ({
  load: task("load", {
    cache: { dependsOn: { files: [source], values: {} } },
    run: (_, context) => work(demo, context, 200, () => rowsOf(readFileSync(source, "utf8")))
  }),
  validate: task("validate", {
    ...pure,
    input: Schema.Array(Schema.String),
    output: Schema.Array(Year),
    errors: [InvalidRow],
    run: (rows, context) => work(demo, context, 300, () => byYear(rows.map(toDay)))
  }),
  compare: task("compare", {
    ...pure,
    input: Schema.Array(YearSummary),
    output: Comparison,
    run: (years, context) => work(demo, context, 250, () => compareYears(years))
  }),
  report: task("report", {
    input: { years: Schema.Array(YearSummary), comparison: Comparison },
    output: Artifact,
    run: async ({ comparison, years }, context) => {
      const html = page(years, comparison, context.run)
      const { file } = await work(demo, context, 250, () => writeWhole(demo, "report.html", html))
      return await context.artifacts.put("report.html", file)
    }
  }),
  receipt: task("receipt", {
    input: { run: Schema.String, phase: Schema.String },
    run: async (end, context) => {
      await work(demo, context, 100, () => writeWhole(demo, "outcome.json", `${JSON.stringify(end)}\n`))
    }
  })
})

/** The whole pipeline; a workflow is a value, so a function can make it. Its output is the report, as an artifact. */
export const weatherOf = (demo: Demo) => {
  const { compare, load, receipt, report, validate } = tasksOf(demo)
  return workflow("seattle-weather", { errors: [InvalidRow], timeout: "5 minutes" }, (w) => {
    const rows = w.node("load", load)
    const valid = w.node("validate", validate, { input: rows })
    const years = w.map("years", valid, yearOf(demo), (year) => year, {
      key: ({ year }) => String(year),
      concurrency: 2
    })
    const comparison = w.node("compare", compare, { input: years })
    w.onExit(handler(receipt, ({ outcome, run }) => ({ run, phase: outcome.phase })))
    return w.node("report", report, { input: { years, comparison } })
  })
}
