/** Metrics as JSON of OTLP 1: cumulative since the process began to count. Pure. */
import type { Metric } from "../metrics/definitions.ts"
import { labelsOf } from "../metrics/MetricView.ts"
import { buckets, type Series, type Table } from "../metrics/Table.ts"
import type { Attributes } from "../trace/SpanRecord.ts"
import { attributesOf, nanos } from "./encode.ts"

/** Since when, and until when, something was counted. */
export interface Interval {
  readonly since: number
  readonly now: number
}

/** The protocol's word for "since the beginning". */
const cumulative = 2

/** The body of a request with the series of tables. */
export const encodeMetrics = (resource: Attributes, tables: ReadonlyArray<Table>, interval: Interval): string =>
  JSON.stringify({
    resourceMetrics: [{
      resource: { attributes: attributesOf(resource) },
      scopeMetrics: [{
        scope: { name: "pinnace" },
        metrics: tables.flatMap(({ all }) => all).map(([metric, series]) => metricOf(metric, series, interval))
      }]
    }]
  })

const metricOf = (metric: Metric, series: ReadonlyArray<Series>, interval: Interval) => ({
  name: metric.otel,
  description: metric.help,
  unit: metric.type === "histogram" ? "s" : "1",
  ...dataOf(metric, series, interval)
})

const dataOf = (metric: Metric, series: ReadonlyArray<Series>, { now, since }: Interval) => {
  const dataPoints = series.map((one) => ({
    attributes: attributesOf(labelsOf(metric, one)),
    ...(metric.type === "gauge" ? {} : { startTimeUnixNano: nanos(since) }),
    timeUnixNano: nanos(now),
    ...(one.counts === undefined ? { asDouble: one.value } : histogramOf(one, one.counts))
  }))
  if (metric.type === "gauge") return { gauge: { dataPoints } }
  if (metric.type === "histogram") return { histogram: { aggregationTemporality: cumulative, dataPoints } }
  return { sum: { aggregationTemporality: cumulative, isMonotonic: true, dataPoints } }
}

const histogramOf = ({ count, value }: Series, counts: Uint32Array) => ({
  count: String(count),
  sum: value,
  explicitBounds: buckets,
  bucketCounts: [...counts].map(String)
})
