/**
 * The pipeline as a workflow: load, validate, a nested workflow for each year with a fan-out over its months, join,
 * report. Its tasks have files of their own: an edit has only those run again that the file is behind.
 */
import { handler, Schedule, workflow } from "../../mod.ts"
import { type Demo, play } from "./demo.ts"
import { YearSummary } from "./statistics.ts"
import { askAlmanac } from "./tasks/askAlmanac.ts"
import { compare } from "./tasks/compare.ts"
import { load } from "./tasks/load.ts"
import { receipt, report } from "./tasks/report.ts"
import { summariseMonth } from "./tasks/summariseMonth.ts"
import { summariseYear } from "./tasks/summariseYear.ts"
import { validate } from "./tasks/validate.ts"
import { InvalidRow, Year } from "./weather.ts"

/** The workflow of one year; the almanac is asked again while it is busy. */
const yearOf = (pace: number) =>
  workflow("year", { input: Year, output: YearSummary }, (w) => {
    const months = w.map("months", w.input.months, summariseMonth, (month) => month, {
      key: ({ month }) => month,
      concurrency: 3
    })
    const daylight = w.node("almanac", askAlmanac, {
      input: { year: w.input.year },
      retry: { schedule: Schedule.exponential(pace * 150), limit: 5, while: (error) => error._tag === "AlmanacBusy" }
    })
    return w.node("summary", summariseYear, { input: { year: w.input.year, months, daylight } })
  })

/** The whole pipeline; a workflow is a value, so a function can make it. Its output is the report, as an artifact. */
export const weatherOf = (demo: Demo) => {
  play(demo)
  return workflow("seattle-weather", { errors: [InvalidRow], timeout: "5 minutes" }, (w) => {
    const rows = w.node("load", load)
    const valid = w.node("validate", validate, { input: rows })
    const years = w.map("years", valid, yearOf(demo.pace), (year) => year, {
      key: ({ year }) => String(year),
      concurrency: 2
    })
    const comparison = w.node("compare", compare, { input: years })
    w.onExit(handler(receipt, ({ outcome, run }) => ({ run, phase: outcome.phase })))
    return w.node("report", report, { input: { years, comparison } })
  })
}
