/**
 * The metrics that definitions ask for, in a table.
 *
 * Owns: what each of their names means. Does not own: the numbers (the table does), when something is emitted.
 * Invariants
 * - A name has one help and one type: what says otherwise later is not counted, as a scraper would refuse both.
 * - There are at most `mostMetrics` names with their labels; what is one too many is not counted.
 */
import type { EmittedMetric, Recorded } from "../run/Event.ts"
import type { Metric } from "./definitions.ts"
import { Table } from "./Table.ts"

/** What says which series a number belongs to. */
export type CustomSeries = Pick<EmittedMetric, "buckets" | "help" | "labels" | "name" | "type">

const mostMetrics = 1_000
/** As Argo's own exporter calls them. */
const prefix = "argo_workflows_"

/** Custom metrics of one table. */
export class CustomMetrics {
  readonly #table: Table
  readonly #metrics = new Map<string, Metric>()
  /** The first of each name, which says what the name means. */
  readonly #named = new Map<string, Metric>()

  constructor(table: Table) {
    this.#table = table
  }

  /** Counts what was emitted; answers why it does not count, if so. */
  emit(emitted: EmittedMetric): string | undefined {
    const metric = this.#metricOf(emitted)
    if (typeof metric === "string") return metric
    const values = Object.values(sorted(emitted.labels))
    const { operation, type, value } = emitted
    if (type === "histogram") this.#table.record(metric, values, value)
    else if (type === "counter" || operation === "add") this.#table.add(metric, values, value)
    else if (operation === "sub") this.#table.add(metric, values, -value)
    else this.#table.set(metric, values, value)
    return undefined
  }

  /** Tells of a gauge what is read whenever somebody asks, until it is emitted or forgotten. */
  follow(series: CustomSeries, read: () => number): void {
    const metric = this.#metricOf(series)
    if (typeof metric !== "string") this.#table.follow(metric, Object.values(sorted(series.labels)), read)
  }

  /** Forgets a series. */
  remove(series: CustomSeries): void {
    const metric = this.#metricOf(series)
    if (typeof metric !== "string") this.#table.remove(metric, Object.values(sorted(series.labels)))
  }

  #metricOf({ buckets, help, labels, name, type }: CustomSeries): Metric | string {
    const full = `${prefix}${name}`
    const first = this.#named.get(full)
    if (first !== undefined) {
      if (first.type !== type) return `metric ${name} is a ${first.type} already`
      if (first.help !== help) return `metric ${name} has another help text already`
      if (String(first.buckets) !== String(buckets)) return `metric ${name} has other buckets already`
    }
    const names = Object.keys(sorted(labels))
    const key = [full, ...names].join("\0")
    const known = this.#metrics.get(key)
    if (known !== undefined) return known
    if (this.#metrics.size >= mostMetrics) return `there are ${mostMetrics} custom metrics already`
    const made = { name: full, otel: full, help, type, labels: names, ...(buckets === undefined ? {} : { buckets }) }
    this.#metrics.set(key, made)
    if (first === undefined) this.#named.set(full, made)
    return made
  }
}

/** What a run has emitted, counted anew from its record. */
export const emittedTable = (events: ReadonlyArray<Recorded>): Table => {
  const table = new Table()
  const custom = new CustomMetrics(table)
  for (const { event } of events) if (event.type === "MetricsEmitted") event.metrics.forEach((it) => custom.emit(it))
  return table
}

const sorted = (labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(labels).toSorted(([a], [b]) => a < b ? -1 : 1))
