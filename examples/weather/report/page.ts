/** The report: one HTML file that needs nothing else. */
import type { Comparison, YearSummary } from "../statistics.ts"
import { kindsOfWeather } from "./kindsOfWeather.ts"
import { rain } from "./rain.ts"
import { records, table } from "./records.ts"
import { seasons } from "./seasons.ts"
import { style } from "./style.ts"
import { temperatureColours, temperatures } from "./temperatures.ts"
import { escape, whole } from "./words.ts"

const span = (years: ReadonlyArray<YearSummary>): string => `${years[0]?.year} to ${years.at(-1)?.year}`

const dayCount = (years: ReadonlyArray<YearSummary>): number =>
  years.flatMap(({ months }) => months).reduce((total, { days }) => total + days.length, 0)

const body = (years: ReadonlyArray<YearSummary>, comparison: Comparison): string => `
<h1>The weather of Seattle</h1>
<p>${whole(dayCount(years))} days, ${span(years)}</p>
${records(comparison)}
<h2>Temperature</h2>
<p>Each stroke is a day, from its lowest to its highest temperature. The line is the mean of each month.</p>
${temperatureColours()}
<div class="grid">${years.map(temperatures).join("")}</div>
<h2>Rain, sky and light</h2>
<p>Winters are wet and summers dry. Warmth follows light with a delay: August is warmer than May, which has longer days.</p>
<div class="grid three">${rain(years)}${kindsOfWeather(years)}${seasons(comparison)}</div>
<h2>The years in numbers</h2>
${table(years)}`

const foot = (run: string): string => `
<footer>Data: NOAA, as <code>seattle-weather.csv</code> in the package <code>vega-datasets</code>.
Daylight is computed for 47.6° north. Made by run <code>${escape(run)}</code> of Pinnace.</footer>`

/** The whole page. */
export const page = (years: ReadonlyArray<YearSummary>, comparison: Comparison, run: string): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The weather of Seattle, ${span(years)}</title>
<style>${style}</style>
</head>
<body><main>${body(years, comparison)}${foot(run)}</main></body>
</html>
`
