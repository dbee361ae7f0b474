/**
 * The numbers behind metrics, in memory.
 *
 * Owns: a series for each metric and each set of label values. Does not own: what is counted, how it is told.
 * Invariant: a metric has at most `mostSeries` series; what is one too many counts for a series whose labels are all
 * `_other`, and a value is cut at `longestValue`, so that no name of an author makes the table grow without end.
 */
import type { Metric } from "./definitions.ts"

const mostSeries = 2_000
const other = "_other"
/** In UTF-16 units; a path may be longer, as may the name of an error. */
const longestValue = 256

/** Upper bounds in seconds: from 5 ms to an hour. */
export const buckets: ReadonlyArray<number> = [
  ...[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  ...[30, 60, 300, 900, 3_600]
]

/** One series: a value, or for a histogram its sum and how many lie in each bucket. */
export interface Series {
  readonly values: ReadonlyArray<string>
  value: number
  count: number
  readonly counts: Uint32Array | undefined
}

/** The series of metrics. */
export class Table {
  readonly #series = new Map<Metric, Map<string, Series>>()
  /** Is told of each series when it is made; set by whoever shows them elsewhere. */
  onSeries: (metric: Metric, series: Series) => void = () => {}

  /** Adds to a counter. */
  add(metric: Metric, values: ReadonlyArray<string>, by = 1): void {
    this.#at(metric, values).value += by
  }

  /** Sets a gauge. */
  set(metric: Metric, values: ReadonlyArray<string>, to: number): void {
    this.#at(metric, values).value = to
  }

  /** Adds an observation in milliseconds to a histogram of seconds. */
  observe(metric: Metric, values: ReadonlyArray<string>, millis: number): void {
    const seconds = Math.max(0, millis) / 1_000
    const series = this.#at(metric, values)
    series.value += seconds
    series.count++
    const bucket = buckets.findIndex((bound) => seconds <= bound)
    series.counts![bucket === -1 ? buckets.length : bucket]!++
  }

  /** Each metric that has a series, in the order in which it was first counted. */
  get all(): ReadonlyArray<readonly [Metric, ReadonlyArray<Series>]> {
    return [...this.#series].map(([metric, series]) => [metric, [...series.values()]] as const)
  }

  #at(metric: Metric, given: ReadonlyArray<string>): Series {
    const values = given.map((value) => value.slice(0, longestValue))
    const known = this.#series.get(metric) ?? new Map<string, Series>()
    if (known.size === 0) this.#series.set(metric, known)
    const key = values.join("\0")
    const found = known.get(key)
    if (found !== undefined) return found
    const isFull = known.size >= mostSeries && !values.every((value) => value === other)
    return isFull ? this.#at(metric, values.map(() => other)) : this.#made(metric, known, key, values)
  }

  #made(metric: Metric, known: Map<string, Series>, key: string, values: ReadonlyArray<string>): Series {
    const counts = metric.type === "histogram" ? new Uint32Array(buckets.length + 1) : undefined
    const made: Series = { values, value: 0, count: 0, counts }
    known.set(key, made)
    this.onSeries(metric, made)
    return made
  }
}
