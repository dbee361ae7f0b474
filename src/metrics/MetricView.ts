/** Series as values: what those who show or send metrics read. Pure. */
import type { Metric } from "./definitions.ts"
import { buckets, type Series, type Table } from "./Table.ts"

/** One series of a metric. */
export interface MetricView {
  readonly name: string
  readonly type: Metric["type"]
  readonly labels: Readonly<Record<string, string>>
  /** The value of a counter or gauge; the sum of a histogram, in seconds. */
  readonly value: number
  /** Of a histogram: how many observations there are. */
  readonly count?: number
  /** Of a histogram: how many lie below each bound, in seconds. */
  readonly buckets?: Readonly<Record<string, number>>
}

/** The labels of a series by name. */
export const labelsOf = ({ labels }: Metric, { values }: Series): Readonly<Record<string, string>> =>
  Object.fromEntries(labels.map((label, at) => [label, values[at] ?? ""]))

/** How many observations lie at or below each bound, the last of which is infinite. */
export const cumulated = (counts: Uint32Array): ReadonlyArray<readonly [number, number]> => {
  let below = 0
  return [...buckets, Infinity].map((bound, at) => [bound, below += counts[at]!] as const)
}

/** The series of a table as values. */
export const viewsOf = ({ all }: Table): ReadonlyArray<MetricView> =>
  all.flatMap(([metric, series]) => series.map((one) => viewOf(metric, one)))

const viewOf = (metric: Metric, series: Series): MetricView => ({
  name: metric.name,
  type: metric.type,
  labels: labelsOf(metric, series),
  value: series.value,
  ...(series.counts === undefined ? {} : { count: series.count, buckets: Object.fromEntries(cumulated(series.counts)) })
})
