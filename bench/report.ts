/** What people and programs read: tables, or one JSON object. */
import { cpus, loadavg, release, type } from "node:os"
import process from "node:process"
import type { ArtifactRow } from "./artifacts.ts"
import { judge } from "./bars.ts"
import type { Verdict } from "./Bar.ts"
import type { CliRow } from "./cli.ts"
import { contestantNames } from "./contestants.ts"
import { pageTables } from "./pageTables.ts"
import type { PermitRow } from "./permits.ts"
import {
  find,
  nodesPerSecond,
  p99,
  peakMemory,
  type Result,
  type Series,
  timesFaster,
  typicalMillis
} from "./Result.ts"
import { median, rounded } from "./statistics.ts"

/** What else belongs to a report. */
export interface Notes {
  readonly reps: number
  readonly seconds: number
  readonly skipped: ReadonlyArray<string>
  readonly wrong: ReadonlyArray<string>
}

/**
 * The report as one JSON-able object. Times are milliseconds,
 * memory MiB, ratios "times faster than" in the same repetitions.
 */
export const toJson = (result: Result, notes: Notes) => ({
  machine: {
    node: process.version,
    system: `${type()} ${release()}`,
    processor: cpus()[0]?.model,
    cores: cpus().length,
    load: loadavg()
  },
  ...notes,
  workloads: ours(result).map((series) => ({
    workload: series.workload.name,
    durability: series.durability,
    nodes: series.workload.nodes * series.workload.runs,
    ratios: ratios(result, series),
    contestants: Object.fromEntries(rivals(result, series).map((it) => [it.contestant, figures(it)]))
  })),
  coldStart: result.coldStart,
  artifacts: result.artifacts,
  permits: result.permits.map((it) => ({ ...it, value: rounded(it.value) })),
  cli: result.cli.map((it) => ({ ...it, value: rounded(it.value) })),
  pageTables: pageTables(result),
  bars: judge(result)
})

const ours = ({ series }: Result): ReadonlyArray<Series> => series.filter(({ contestant }) => contestant === "pinnace")

const rivals = (result: Result, { durability, workload }: Series): ReadonlyArray<Series> =>
  contestantNames.flatMap((name) => find(result, workload.name, durability, name) ?? [])

const ratios = (result: Result, series: Series): Readonly<Record<string, number>> =>
  Object.fromEntries(
    rivals(result, series).slice(1).map((it) => [it.contestant, rounded(timesFaster(series, it))])
  )

const figures = (series: Series) => ({
  millis: rounded(typicalMillis(series)),
  ...(series.workload.kind === "throughput" ? { nodesPerSecond: Math.round(nodesPerSecond(series)) } : {}),
  ...(series.workload.kind === "latency" ? { p99: rounded(p99(series)) } : {}),
  cpuMicrosPerNode: rounded(median(series.measurements.map(({ cpu }) => cpu))),
  definitionMillis: rounded(median(series.measurements.map(({ definition }) => definition))),
  peakMemory: peakMemory(series),
  samples: series.measurements.map((it) => rounded(median(it.samples)))
})

/** The report as text for a terminal. */
export const toText = (result: Result, notes: Notes): string =>
  [
    table([
      ["workload", "durability", ...contestantNames, "vs prototype", "vs raw", "vs OpenWorkflow", "memory"],
      ...ours(result).map((series) => row(result, series))
    ]),
    ...(result.coldStart === undefined ? [] : [coldText(result.coldStart)]),
    ...(result.artifacts.length === 0 ? [] : [table([artifactHead, ...result.artifacts.map(artifactCells)])]),
    ...(result.permits.length === 0 ? [] : [table([permitHead, ...result.permits.map(permitCells)])]),
    ...(result.cli.length === 0 ? [] : [table([["command line", ""], ...result.cli.map(cliCells)])]),
    table([["bar", "actual", "required", ""], ...judge(result).map(verdictRow)]),
    ...pageTables(result),
    ...notes.skipped.map((it) => `skipped: ${it}`),
    ...notes.wrong.map((it) => `WRONG: ${it}`),
    `${notes.reps} repetitions, ${Math.round(notes.seconds)} s, load ${
      loadavg()[0]?.toFixed(1)
    } on ${cpus().length} cores`
  ].join("\n\n")

const row = (result: Result, series: Series): ReadonlyArray<string> => {
  const { durability, workload } = series
  const own = contestantNames.map((name) => cell(find(result, workload.name, durability, name)))
  const { openworkflow, prototype, raw } = ratios(result, series)
  return [
    workload.title,
    durability,
    ...own,
    times(prototype),
    times(raw),
    times(openworkflow),
    `${peakMemory(series)} MiB`
  ]
}

const times = (ratio: number | undefined): string => ratio === undefined ? "" : `${ratio} x`

const cell = (series: Series | undefined): string => {
  if (series === undefined) return ""
  if (series.workload.kind === "throughput") return `${Math.round(nodesPerSecond(series)).toLocaleString("en")}/s`
  const typical = `${rounded(typicalMillis(series))}`
  return series.workload.kind === "latency" ? `${typical}, p99 ${rounded(p99(series))} ms` : `${typical} ms`
}

const artifactHead = ["artifacts", "ours", "theirs", "ours / theirs", "memory"]

const artifactCells = ({ name, ours, ratio, rss, theirs }: ArtifactRow): ReadonlyArray<string> => [
  name,
  `${Math.round(ours)} ms`,
  theirs === undefined ? "" : `${Math.round(theirs)} ms`,
  ratio === undefined ? "" : `${rounded(ratio)} x`,
  `${rss} MiB`
]

const permitHead = ["permits", "durability", ""]

const permitCells = ({ durability, name, unit, value }: PermitRow): ReadonlyArray<string> => [
  name,
  durability,
  unit === "/s" ? `${Math.round(value).toLocaleString("en")}/s` : `${rounded(value)} ms`
]

const cliCells = ({ name, unit, value }: CliRow): ReadonlyArray<string> => [name, `${rounded(value)} ${unit}`]

const coldText = (cold: NonNullable<Result["coldStart"]>): string =>
  `process start to exit: ${
    Object.entries(cold).map(([name, millis]) => `${name} ${Math.round(millis)} ms`).join(", ")
  }`

const verdictRow = ({ actual, direction, met, missedBy, name, required, unit }: Verdict): ReadonlyArray<string> => [
  name,
  `${rounded(actual)}${unit}`,
  `${direction} ${required}${unit}`,
  met ? "met" : `MISSED by ${Math.round(missedBy)} %`
]

const table = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)))
  return rows.map((cells) => cells.map((text, column) => text.padEnd(widths[column]!)).join("  ").trimEnd()).join("\n")
}
