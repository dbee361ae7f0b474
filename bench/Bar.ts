/** A bar: what a figure of the bench is expected to reach, or to stay within. */
import { find, nodesPerSecond, peakMemory, type Result, timesFaster, typicalMillis } from "./Result.ts"
import type { ContestantName } from "./contestants.ts"
import type { Durability } from "./Request.ts"

/** One expectation. */
export interface Bar {
  readonly name: string
  readonly required: number
  /** Whether the figure has to reach `required`, or to stay within it. */
  readonly direction: "at least" | "at most"
  readonly unit: string
  /** The figure; undefined when this run of the bench did not measure it. */
  readonly actual: (result: Result) => number | undefined
}

/** What became of an expectation. */
export interface Verdict extends Omit<Bar, "actual"> {
  readonly actual: number
  readonly met: boolean
  /** How far off it is, in percent of what is required; 0 when met. */
  readonly missedBy: number
}

/** What a bar asks of the figures of a table. */
export type Terms = Pick<Bar, "direction" | "unit">

/** At least so many times as fast. */
export const atLeast: Terms = { direction: "at least", unit: "x" }
/** At most so many times as much. */
export const atMost: Terms = { direction: "at most", unit: "x" }
/** At most so many milliseconds. */
export const millis: Terms = { direction: "at most", unit: " ms" }
/** At least so many a second. */
export const perSecond: Terms = { direction: "at least", unit: "/s" }

/** Bars of one kind: each a figure's name and what is required of it. */
export const barsOf = (
  terms: Terms,
  figure: (name: string) => Bar["actual"],
  rows: ReadonlyArray<readonly [name: string, required: number]>
): ReadonlyArray<Bar> => rows.map(([name, required]) => ({ ...terms, name, required, actual: figure(name) }))

/** A figure that the bench prints as a row of its own. */
export const rowNamed = (name: string) => ({ cli }: Result): number | undefined =>
  cli.find((row) => row.name === name)?.value

/** A figure of the permits, where a commit has to survive the end of the process. */
export const permitsNamed = (name: string) => ({ permits }: Result): number | undefined =>
  permits.findLast((row) => row.name === name && row.durability === "process")?.value

/** How many times as fast as another contestant a workload is. */
export const speedOf =
  (workload: string, durability: Durability, than: ContestantName, at = durability) =>
  (result: Result): number | undefined => {
    const ours = find(result, workload, durability, "pinnace")
    const theirs = find(result, workload, at, than)
    return ours === undefined || theirs === undefined ? undefined : timesFaster(ours, theirs)
  }

/** The largest peak of memory of a workload, in MiB. */
export const memoryOf = (workload: string, durability: Durability) => (result: Result): number | undefined => {
  const series = find(result, workload, durability, "pinnace")
  return series === undefined ? undefined : peakMemory(series)
}

/** Nodes a second, or milliseconds where a workload is not about throughput. */
export const figureOf = (workload: string, durability: Durability) => (result: Result): number | undefined => {
  const series = find(result, workload, durability, "pinnace")
  if (series === undefined) return undefined
  return series.workload.kind === "throughput" ? nodesPerSecond(series) : typicalMillis(series)
}

/** Judges each bar whose figure was measured. */
export const judged = (bars: ReadonlyArray<Bar>, result: Result): ReadonlyArray<Verdict> =>
  bars.flatMap(({ actual: find, ...bar }) => {
    const actual = find(result)
    if (actual === undefined) return []
    const met = bar.direction === "at least" ? actual >= bar.required : actual <= bar.required
    return [{ ...bar, actual, met, missedBy: met ? 0 : Math.abs(actual / bar.required - 1) * 100 }]
  })
