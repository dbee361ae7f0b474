/**
 * Metrics of an engine: `open(file, { metrics: true })` counts, `prometheus(pinnace)` tells.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type { Engine } from "../engine/Engine.ts"
import { counts } from "../engine/observe/list.ts"
import { locks } from "../engine/observe/locks.ts"
import { stuck } from "../engine/observe/stuck.ts"
import type { JournalError } from "../journal/JournalError.ts"
import { asked, type Metric } from "../metrics/definitions.ts"
import { prometheusText } from "../metrics/prometheus.ts"
import { buckets, type Series, Table } from "../metrics/Table.ts"
import type { Pinnace } from "./Pinnace.ts"

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

/**
 * The metrics of an engine as text for Prometheus (format 0.0.4, `text/plain; version=0.0.4`): what this process
 * counted, where it was opened with `metrics: true`, and what the state file holds now. Rejects with `JournalError`.
 */
export const prometheus = async (pinnace: Pinnace<never>): Promise<string> =>
  prometheusText(...await tablesOf(pinnace.engine))

/** The same as values. */
export const metricsOf = async (pinnace: Pinnace<never>): Promise<ReadonlyArray<MetricView>> =>
  (await tablesOf(pinnace.engine)).flatMap(({ all }) =>
    all.flatMap(([metric, series]) => series.map((one) => viewOf(metric, one)))
  )

/** The same as text, for those who have the engine alone. */
export const prometheusOf = async (engine: Engine): Promise<string> => prometheusText(...await tablesOf(engine))

const tablesOf = async (engine: Engine): Promise<ReadonlyArray<Table>> => {
  const now = await Effect.runPromise(present(engine))
  const { table } = engine.host
  return table === undefined ? [now] : [table, now]
}

/** What can be asked of the state file now. */
const present = (engine: Engine): Effect.Effect<Table, JournalError> =>
  Effect.gen(function* () {
    const table = new Table()
    for (const [phase, many] of Object.entries(yield* counts(engine, {}))) table.set(asked.runs, [phase], many)
    for (const { ledger } of engine.live.values()) table.add(asked.live, [ledger.row.workflow])
    for (const { kind } of yield* stuck(engine)) table.add(asked.stuck, [kind])
    for (const { family, held, limit, name, queue } of yield* locks(engine)) {
      const labels = [family ?? name]
      table.add(asked.permitsHeld, labels, held)
      table.add(asked.permitsWaiting, labels, queue.length)
      if (limit !== undefined && family === undefined) table.set(asked.permitLimit, labels, limit)
    }
    return table
  })

const viewOf = ({ labels, name, type }: Metric, { count, counts, value, values }: Series): MetricView => ({
  name,
  type,
  labels: Object.fromEntries(labels.map((label, at) => [label, values[at] ?? ""])),
  value,
  ...(counts === undefined ? {} : { count, buckets: cumulated(counts) })
})

const cumulated = (counts: Uint32Array): Readonly<Record<string, number>> => {
  let below = 0
  return Object.fromEntries([...buckets, Infinity].map((bound, at) => [String(bound), below += counts[at]!]))
}
