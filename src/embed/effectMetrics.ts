/**
 * Shows what an engine counts among the metrics of an Effect app: `Metric.snapshot`, `PrometheusMetrics` and
 * `OtlpMetrics` find it there. Nothing is counted twice: a number is read when somebody asks for it.
 */
import type * as Context from "effect/Context"
import * as Metric from "effect/Metric"
import type { Engine } from "../engine/Engine.ts"
import { boundsOf, type Metric as Definition } from "../metrics/definitions.ts"
import { cumulated, labelsOf } from "../metrics/MetricView.ts"
import type { Series } from "../metrics/Table.ts"

/** Shows the metrics of an engine in the registry of these services; answers how to take them away again. */
export const showMetrics = ({ host: { numbers } }: Engine, services: Context.Context<never>): () => void => {
  if (numbers === undefined) return () => {}
  const { table } = numbers
  const shown = new Map<Series, Metric.Registration>()
  table.onSeries = (metric, series) => void shown.set(series, registered(metric, series, services))
  table.onForgotten = (series) => {
    shown.get(series)?.remove()
    shown.delete(series)
  }
  for (const [metric, all] of table.all) for (const one of all) table.onSeries(metric, one)
  return () => {
    table.onSeries = () => {}
    for (const { remove } of shown.values()) remove()
  }
}

const registered = (metric: Definition, series: Series, services: Context.Context<never>): Metric.Registration => {
  const options = { description: metric.help, attributes: labelsOf(metric, series) }
  const { counts } = series
  if (counts !== undefined) {
    const histogram = Metric.histogram(metric.name, { ...options, boundaries: boundsOf(metric) })
    return Metric.registerUnsafe(histogram, services, readOnly(() => histogramState(metric, series, counts)))
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
const histogramState = (metric: Definition, { count, value }: Series, counts: Uint32Array): Metric.HistogramState => {
  const bounds = boundsOf(metric)
  const finite = cumulated(metric, counts).slice(0, -1).map(([bound, below]): [number, number] => [bound, below])
  const first = counts.findIndex((many) => many > 0)
  const last = counts.findLastIndex((many) => many > 0)
  const bound = (at: number) => at < 0 ? 0 : bounds[at] ?? bounds.at(-1)!
  return { buckets: finite, count, sum: value, min: first <= 0 ? 0 : bound(first - 1), max: bound(last) }
}
