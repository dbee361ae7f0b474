/** The port of whatever sends metrics away. */
import type { Table } from "./Table.ts"

/** What can be read of an engine while it is open. */
export interface MetricSource {
  /** Since when its process counts, in milliseconds since the epoch. */
  readonly since: number
  /** The instant of the engine, in milliseconds since the epoch. */
  readonly now: () => number
  /** What the process has counted. */
  readonly counted: Table
  /** What the state file holds now; rejects when it cannot be read. */
  readonly present: () => Promise<Table>
}

/** Metrics that are being sent. */
export interface Pushing {
  /** Sends what was counted once more, and ends; called when an engine closes. */
  readonly end: () => Promise<void>
}

/** Sends the metrics of an engine. What it throws is dropped: no sink changes what becomes of a run. */
export interface MetricSink {
  /** Called as an engine opens: sends its metrics from then on, until what it gives is ended. */
  readonly follow: (source: MetricSource) => Pushing
}
