/**
 * Shows what an engine counts among the metrics of an Effect app: `Metric.snapshot`, `PrometheusMetrics` and
 * `OtlpMetrics` find it there. Nothing is counted twice: a number is read when somebody asks for it.
 */
import type * as Context from "effect/Context"
import * as Metric from "effect/Metric"
import type { Engine } from "../engine/Engine.ts"
import type { Metric as Definition } from "../metrics/definitions.ts"
import { cumulated, labelsOf } from "../metrics/MetricView.ts"
import { buckets, type Series } from "../metrics/Table.ts"

/** Shows the metrics of an engine in the registry of these services; answers how to take them away again. */
export const showMetrics = ({ host: { table } }: Engine, services: Context.Context<never>): () => void => {
  const shown: Array<Metric.Registration> = []
  if (table !== undefined) {
    for (const [metric, all] of table.all) for (const one of all) shown.push(registered(metric, one, services))
    table.onSeries = (metric, series) => void shown.push(registered(metric, series, services))
  }
  return () => {
    if (table !== undefined) table.onSeries = () => {}
    for (const { remove } of shown) remove()
  }
}

const registered = (metric: Definition, series: Series, services: Context.Context<never>): Metric.Registration => {
  const options = { description: metric.help, attributes: labelsOf(metric, series) }
  const { counts } = series
  if (counts !== undefined) {
    const histogram = Metric.histogram(metric.name, { ...options, boundaries: buckets })
    return Metric.registerUnsafe(histogram, services, readOnly(() => histogramState(series, counts)))
  }
  if (metric.type === "gauge") {
    return Metric.registerUnsafe(
      Metric.gauge(metric.name, options),
      services,
      readOnly(() => ({ value: series.value }))
    )
  }
  const counter = Metric.counter(metric.name, { ...options, incremental: true })
  return Metric.registerUnsafe(counter, services, readOnly(() => ({ count: series.value, incremental: true })))
}

const readOnly = <Input, State>(get: () => State): Metric.Metric.Hooks<Input, State> => ({
  get,
  update: () => {},
  modify: () => {}
})

/** The least and the greatest are as near as the buckets tell. */
const histogramState = ({ count, value }: Series, counts: Uint32Array): Metric.HistogramState => {
  const finite = cumulated(counts).slice(0, -1).map(([bound, below]): [number, number] => [bound, below])
  const first = counts.findIndex((many) => many > 0)
  const last = counts.findLastIndex((many) => many > 0)
  const bound = (at: number) => at < 0 ? 0 : buckets[at] ?? buckets.at(-1)!
  return { buckets: finite, count, sum: value, min: first <= 0 ? 0 : bound(first - 1), max: bound(last) }
}
