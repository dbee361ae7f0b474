/** Series as values: what those who show or send metrics read. Pure. */
import { boundsOf, type Metric } from "./definitions.ts"
import type { Series, Table } from "./Table.ts"

/** One series of a metric. */
export interface MetricView {
  /** The name of the metric. */
  readonly name: string
  /** Whether it counts, shows a level, or sorts values into buckets. */
  readonly type: Metric["type"]
  /** What tells this series from others of the metric. */
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
export const cumulated = (metric: Metric, counts: Uint32Array): ReadonlyArray<readonly [number, number]> => {
  let below = 0
  return [...boundsOf(metric), Infinity].map((bound, at) => [bound, below += counts[at]!] as const)
}

/** Metrics by name, each with all its series: those of one name may have different labels. */
export const familiesOf = (tables: ReadonlyArray<Table>): ReadonlyArray<ReadonlyArray<readonly [Metric, Series]>> => {
  const all = tables.flatMap((table) => table.all).filter(([, series]) => series.length > 0)
  const families = Map.groupBy(all, ([{ name }]) => name)
  return [...families.values()].map((family) =>
    family.flatMap(([metric, series]) => series.map((one) => [metric, one] as const))
  )
}

/** The series of a table as values. */
export const viewsOf = ({ all }: Table): ReadonlyArray<MetricView> =>
  all.flatMap(([metric, series]) => series.map((one) => viewOf(metric, one)))

const viewOf = (metric: Metric, series: Series): MetricView => ({
  name: metric.name,
  type: metric.type,
  labels: labelsOf(metric, series),
  value: series.value,
  ...(series.counts === undefined
    ? {}
    : { count: series.count, buckets: Object.fromEntries(cumulated(metric, series.counts)) })
})
