/** The tables of the README and of docs/performance.md, as they stand there: what is measured anew is copied. */
import type { ContestantName } from "./contestants.ts"
import type { Durability } from "./Request.ts"
import { find, nodesPerSecond, peakMemory, type Result, timesFaster, typicalMillis } from "./Result.ts"
import { median } from "./statistics.ts"

type Line = readonly [title: string, workload: string]

const speeds: ReadonlyArray<Line> = [
  ["a chain of 1,000", "chain-1000"],
  ["1,000 side by side", "wide-1000"],
  ["10,000 side by side", "wide-10000"],
  ["1,000 workflows of 5 nodes", "runs-1000x5"]
]

const costs: ReadonlyArray<readonly [...Line, Durability]> = [
  ["a chain of 1,000, warm", "chain-1000-warm", "process"],
  ["1,000 side by side, each durable against loss of power", "wide-1000", "power"],
  ["10,000 side by side", "wide-10000", "process"],
  ["10,000 side by side, warm", "wide-10000-warm", "process"],
  ["100 layers of 100, warm", "layered-10000-warm", "process"],
  ["1,000 workflows of 5 nodes, each durable against loss of power", "runs-1000x5", "power"],
  ["1,000 workflows of 5 nodes, warm", "runs-1000x5-warm", "process"]
]

/** The tables whose figures were measured, in Markdown. */
export const pageTables = (result: Result): ReadonlyArray<string> =>
  [
    table("durable against loss of power", ["", "nodes a second", "times OpenWorkflow"], speedRows(result)),
    table("processor time, µs for each node", ["", "Pinnace", "the prototype", "OpenWorkflow"], costRows(result)),
    table("in the text beside them", ["", ""], sentences(result))
  ].filter((text) => text !== undefined)

type Rows = ReadonlyArray<ReadonlyArray<string>>

const table = (title: string, head: ReadonlyArray<string>, rows: Rows): string | undefined =>
  rows.length === 0
    ? undefined
    : [`For the README and docs/performance.md: ${title}`, ...[head, head.map(() => "---"), ...rows].map(line)].join(
      "\n"
    )

const line = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

const speedRows = (result: Result): Rows =>
  speeds.flatMap(([title, workload]) => {
    const ours = find(result, workload, "power", "pinnace")
    if (ours === undefined) return []
    const theirs = find(result, workload, "power", "openworkflow")
    return [[title, whole(nodesPerSecond(ours)), theirs === undefined ? "" : short(timesFaster(ours, theirs))]]
  })

const costRows = (result: Result): Rows =>
  costs.flatMap(([title, workload, durability]) => {
    const micros = (contestant: ContestantName): string => {
      const series = find(result, workload, durability, contestant)
      return series === undefined ? "" : whole(median(series.measurements.map(({ cpu }) => cpu)))
    }
    const ours = micros("pinnace")
    return ours === "" ? [] : [[title, ours, micros("prototype"), micros("openworkflow")]]
  })

const sentences = (result: Result): Rows => {
  const of = (title: string, workload: string, durability: Durability, tell: (series: Series) => string): Rows => {
    const series = find(result, workload, durability, "pinnace")
    return series === undefined ? [] : [[title, tell(series)]]
  }
  const mebibytes = (series: Series): string => `${peakMemory(series)} MB`
  return [
    ...of(
      "a chain with durability process, nodes a second",
      "chain-1000",
      "process",
      (it) => whole(nodesPerSecond(it))
    ),
    ...of("a workflow of one node", "latency", "power", (it) => `${short(typicalMillis(it))} ms`),
    ...of("a graph of 100,000 nodes, memory", "scale-100000", "power", mebibytes),
    ...of("a map of as many items, memory", "map-100000", "power", mebibytes)
  ]
}

type Series = Parameters<typeof peakMemory>[0]

const whole = (value: number): string => Math.round(value).toLocaleString("en")

const short = (value: number): string => value >= 10 ? whole(value) : value.toPrecision(2)
