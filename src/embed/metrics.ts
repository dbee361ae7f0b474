/**
 * Metrics of an engine: `open(file, { metrics: true })` counts, `prometheus(pinnace)` tells.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type { Engine } from "../engine/Engine.ts"
import { present } from "../engine/observe/metrics.ts"
import { type MetricView, viewsOf } from "../metrics/MetricView.ts"
import { prometheusText } from "../metrics/prometheus.ts"
import type { Table } from "../metrics/Table.ts"
import type { Pinnace } from "./Pinnace.ts"

export type { MetricView } from "../metrics/MetricView.ts"

/**
 * The metrics of an engine as text for Prometheus (format 0.0.4, `text/plain; version=0.0.4`): what this process
 * counted, where it was opened with `metrics: true`, and what the state file holds now. Rejects with `JournalError`.
 */
export const prometheus = async (pinnace: Pinnace<never>): Promise<string> =>
  prometheusText(...await tablesOf(pinnace.engine))

/** The same as values. */
export const metricsOf = async (pinnace: Pinnace<never>): Promise<ReadonlyArray<MetricView>> =>
  (await tablesOf(pinnace.engine)).flatMap(viewsOf)

/** The same as text, for those who have the engine alone. */
export const prometheusOf = async (engine: Engine): Promise<string> => prometheusText(...await tablesOf(engine))

const tablesOf = async (engine: Engine): Promise<ReadonlyArray<Table>> => {
  const now = await Effect.runPromise(present(engine))
  const { numbers } = engine.host
  return numbers === undefined ? [now] : [numbers.table, now]
}
