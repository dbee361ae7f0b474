/** Everything that was measured, and what follows from it. */
import type { ArtifactRow } from "./artifacts.ts"
import type { CliRow } from "./cli.ts"
import type { ColdStart } from "./coldStart.ts"
import type { ContestantName } from "./contestants.ts"
import type { Measurement } from "./measure.ts"
import type { Durability } from "./Request.ts"
import type { PermitRow } from "./permits.ts"
import { median, quantile } from "./statistics.ts"
import type { Workload } from "./Workload.ts"

/** All measurements of one contestant in one workload at one durability, one for each repetition. */
export interface Series {
  readonly workload: Workload
  readonly durability: Durability
  readonly contestant: ContestantName
  readonly measurements: Array<Measurement>
}

/** What a bench run found. */
export interface Result {
  readonly series: ReadonlyArray<Series>
  readonly coldStart: ColdStart | undefined
  readonly artifacts: ReadonlyArray<ArtifactRow>
  readonly permits: ReadonlyArray<PermitRow>
  readonly cli: ReadonlyArray<CliRow>
}

/** Milliseconds of one repetition: its median sample. */
const millisOf = ({ samples }: Measurement): number => median(samples)

/** Milliseconds for each node, in each repetition. */
const costs = ({ measurements }: Series): ReadonlyArray<number> => measurements.map((it) => millisOf(it) / it.nodes)

/** The median of milliseconds. */
export const typicalMillis = (series: Series): number => median(series.measurements.map(millisOf))

/** Nodes a second; median of the repetitions. */
export const nodesPerSecond = (series: Series): number => 1000 / median(costs(series))

/** The slowest of a hundred samples, over all repetitions. */
export const p99 = (series: Series): number => quantile(series.measurements.flatMap(({ samples }) => samples), 0.99)

/** The largest peak of memory in MiB. */
export const peakMemory = (series: Series): number => Math.max(...series.measurements.map(({ rss }) => rss))

/**
 * How many times faster `ours` is than `theirs`: the median of the ratios within each repetition, where both met the
 * same machine. Below 1 it is slower. Recovery is compared as a whole, everything else for each node.
 */
export const timesFaster = (ours: Series, theirs: Series): number => {
  const value = ours.workload.kind === "recovery" ? (it: Series) => it.measurements.map(millisOf) : costs
  const [own, other] = [value(ours), value(theirs)]
  return median(own.slice(0, other.length).map((it, rep) => other[rep]! / it))
}

/** A series of the result, if it was measured. */
export const find = (
  result: Result,
  workload: string,
  durability: Durability,
  contestant: ContestantName
): Series | undefined =>
  result.series.find((it) =>
    it.workload.name === workload && it.durability === durability && it.contestant === contestant
  )
