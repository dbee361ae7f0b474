/**
 * The numbers behind metrics, in memory.
 *
 * Owns: a series for each metric and each set of label values. Does not own: what is counted, how it is told.
 * Invariant: a metric has at most `mostSeries` series; what is one too many counts for a series whose labels are all
 * `_other`, and a value is cut at `longestValue`, so that no name of an author makes the table grow without end.
 */
import { boundsOf, type Metric } from "./definitions.ts"

/** How many series a metric has at most. */
export const mostSeries = 2_000
/** What the labels of one more are. */
export const other = "_other"
/** In UTF-16 units; a path may be longer, as may the name of an error. */
const longestValue = 256

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
  /** Is told of each series that is forgotten; set with `onSeries`. */
  onForgotten: (series: Series) => void = () => {}

  /** Adds to a counter or a gauge. */
  add(metric: Metric, values: ReadonlyArray<string>, by = 1): void {
    this.at(metric, values).value += by
  }

  /** Sets a gauge. */
  set(metric: Metric, values: ReadonlyArray<string>, to: number): void {
    this.at(metric, values).value = to
  }

  /** Adds an observation in milliseconds to a histogram of seconds. */
  observe(metric: Metric, values: ReadonlyArray<string>, millis: number): void {
    this.record(metric, values, Math.max(0, millis) / 1_000)
  }

  /** Adds an observation to a histogram. */
  record(metric: Metric, values: ReadonlyArray<string>, observed: number): void {
    recordIn(this.at(metric, values), boundsOf(metric), observed)
  }

  /** Shows what is read whenever somebody asks, in the place of a gauge that is counted. */
  follow(metric: Metric, given: ReadonlyArray<string>, read: () => number): void {
    const { values } = this.at(metric, given)
    this.remove(metric, values)
    const followed = new Followed(values, read)
    this.#series.get(metric)!.set(keyOf(values), followed)
    this.onSeries(metric, followed)
  }

  /** Forgets a series. */
  remove(metric: Metric, given: ReadonlyArray<string>): void {
    const known = this.#series.get(metric)
    const key = keyOf(given.map(cut))
    const series = known?.get(key)
    if (series === undefined) return
    known!.delete(key)
    this.onForgotten(series)
  }

  /** Each metric that has a series, in the order in which it was first counted. */
  get all(): ReadonlyArray<readonly [Metric, ReadonlyArray<Series>]> {
    return [...this.#series].map(([metric, series]) => [metric, [...series.values()]] as const)
  }

  /** Whether a metric has as many series as it may: what is new counts for `_other`. */
  isFull(metric: Metric): boolean {
    return (this.#series.get(metric)?.size ?? 0) >= mostSeries
  }

  /** A series, made where there is none; that of `_other` where there are too many. */
  at(metric: Metric, given: ReadonlyArray<string>): Series {
    const values = given.some((value) => value.length > longestValue) ? given.map(cut) : given
    let known = this.#series.get(metric)
    if (known === undefined) this.#series.set(metric, known = new Map())
    const key = keyOf(values)
    const found = known.get(key)
    if (found !== undefined) return found
    const isFull = known.size >= mostSeries && !values.every((value) => value === other)
    return isFull ? this.at(metric, values.map(() => other)) : this.#made(metric, known, key, values)
  }

  #made(metric: Metric, known: Map<string, Series>, key: string, values: ReadonlyArray<string>): Series {
    const counts = metric.type === "histogram" ? new Uint32Array(boundsOf(metric).length + 1) : undefined
    const made: Series = { values, value: 0, count: 0, counts }
    known.set(key, made)
    this.onSeries(metric, made)
    return made
  }
}

/** Adds an observation to the series of a histogram that has these upper bounds. */
export const recordIn = (series: Series, bounds: ReadonlyArray<number>, observed: number): void => {
  series.value += observed
  series.count++
  let bucket = 0
  while (bucket < bounds.length && observed > bounds[bucket]!) bucket++
  series.counts![bucket]!++
}

/** A gauge whose value is read. */
class Followed implements Series {
  readonly values: ReadonlyArray<string>
  readonly count = 0
  readonly counts: undefined = undefined
  readonly #read: () => number

  constructor(values: ReadonlyArray<string>, read: () => number) {
    this.values = values
    this.#read = read
  }

  get value(): number {
    return this.#read()
  }

  set value(_: number) {
    // Another one of the same labels is counted: what is read goes on to be told.
  }
}

const cut = (value: string): string => value.slice(0, longestValue)

const keyOf = (values: ReadonlyArray<string>): string => values.join("\0")
