/** Metrics as JSON of OTLP 1: cumulative since the process began to count. Pure. */
import { boundsOf, type Metric } from "../metrics/definitions.ts"
import { familiesOf, labelsOf } from "../metrics/MetricView.ts"
import type { Series, Table } from "../metrics/Table.ts"
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
        metrics: familiesOf(tables).map((family) => metricOf(family, interval))
      }]
    }]
  })

type Family = ReadonlyArray<readonly [Metric, Series]>

const metricOf = (family: Family, interval: Interval) => {
  const [{ buckets, help, otel, type }] = family[0]!
  return {
    name: otel,
    description: help,
    unit: type === "histogram" && buckets === undefined ? "s" : "1",
    ...dataOf(type, family, interval)
  }
}

const dataOf = (type: Metric["type"], family: Family, { now, since }: Interval) => {
  const dataPoints = family.map(([metric, one]) => ({
    attributes: attributesOf(labelsOf(metric, one)),
    ...(type === "gauge" ? {} : { startTimeUnixNano: nanos(since) }),
    timeUnixNano: nanos(now),
    ...(one.counts === undefined ? { asDouble: one.value } : histogramOf(metric, one, one.counts))
  }))
  if (type === "gauge") return { gauge: { dataPoints } }
  if (type === "histogram") return { histogram: { aggregationTemporality: cumulative, dataPoints } }
  return { sum: { aggregationTemporality: cumulative, isMonotonic: true, dataPoints } }
}

const histogramOf = (metric: Metric, { count, value }: Series, counts: Uint32Array) => ({
  count: String(count),
  sum: value,
  explicitBounds: boundsOf(metric),
  bucketCounts: [...counts].map(String)
})
