/**
 * Counts the facts of one run as they become durable.
 *
 * Owns: since when its nodes wait. Does not own: the table, which all runs of an engine share.
 */
import type { EmittedMetric, Event, Recorded } from "../run/Event.ts"
import type { NodeRow, RunRow } from "../run/State.ts"
import { counted } from "./definitions.ts"
import type { CustomMetrics } from "./CustomMetrics.ts"
import { metricName, type NodeSeries } from "./NodeSeries.ts"
import type { Numbers } from "./Numbers.ts"
import type { Table } from "./Table.ts"

/** What is known of a run while it is counted. */
export interface Counted {
  readonly row: RunRow
  readonly nodes: ReadonlyMap<string, NodeRow>
}

/** Counts one run. */
export class RunMeter {
  readonly #table: Table
  readonly #nodes: NodeSeries
  readonly #run: Counted
  readonly #custom: CustomMetrics
  /** Custom metrics that are told until the run has ended. */
  #passing: ReadonlyArray<EmittedMetric> = []
  readonly #waits = new Map<string, { readonly since: number; readonly isPermit: boolean }>()

  #hasBegun: boolean
  #hasWaited = false

  /** `hasBegun`: whether its work began in a life before this one. */
  constructor({ custom, nodes, table }: Numbers, run: Counted, hasBegun: boolean) {
    this.#custom = custom
    this.#table = table
    this.#nodes = nodes.of(run.row.workflow)
    this.#run = run
    this.#hasBegun = hasBegun
  }

  /** Whether a fact may have something to count; asked of each when it is recorded. */
  hears({ type }: Event): boolean {
    this.#hasWaited ||= type === "NodeWaiting"
    return type !== "NodeStarted" || this.#hasWaited
  }

  /** Counts a fact. */
  take({ at, event }: Pick<Recorded, "at" | "event">): void {
    if ("path" in event) return this.#node(event, at)
    const { createdAt, startedAt, workflow } = this.#run.row
    if (event.type === "RunStarted" && !this.#hasBegun) {
      this.#hasBegun = true
      this.#table.add(counted.runsStarted, [workflow])
      this.#table.observe(counted.runQueue, [workflow], startedAt - createdAt)
    }
    if (event.type === "MetricsEmitted") this.#emitted(event.metrics)
    if (event.type === "RunFinished") {
      for (const metric of this.#passing) this.#custom.remove(metric)
      this.#passing = []
      const { phase, reason = "" } = event.ending
      this.#table.add(counted.runsFinished, [workflow, phase, reason])
      this.#table.observe(counted.runDuration, [workflow, phase], at - (startedAt || createdAt))
      this.#waits.clear()
    }
  }

  #emitted(metrics: ReadonlyArray<EmittedMetric>): void {
    for (const metric of metrics) this.#custom.emit(metric)
    this.#passing = [...this.#passing, ...metrics.filter(({ passing }) => passing === true)]
  }

  #node(event: Extract<Event, { readonly path: string }>, at: number): void {
    switch (event.type) {
      case "NodeWaiting":
        if (event.waiting !== "Permit" && event.waiting !== "Signal") return
        return void this.#waits.set(event.path, { since: at, isPermit: event.waiting === "Permit" })
      case "NodeStarted":
        return this.#waited(event.path, at)
      case "AttemptStarted":
        this.#waited(event.path, at)
        return event.rerun > 0 ? this.#nodes.reruns.add(event.path) : undefined
      case "AttemptFailed":
        return this.#table.add(counted.retries, [this.#run.row.workflow, metricName(event.path), event.error.tag])
      case "NodeFinished":
        return this.#finished(event, at)
    }
  }

  #waited(path: string, at: number): void {
    const wait = this.#waits.size === 0 ? undefined : this.#waits.get(path)
    if (wait === undefined) return
    this.#waits.delete(path)
    const series = wait.isPermit ? this.#nodes.permitWait : this.#nodes.signalWait
    series.observe(path, at - wait.since)
  }

  #finished(
    { ending: { phase }, from, path }: Extract<Event, { readonly type: "NodeFinished" }>,
    at: number
  ): void {
    this.#waited(path, at)
    if (from !== undefined) return this.#nodes.reused.add(path)
    const startedAt = this.#run.nodes.get(path)?.startedAt ?? 0
    if (startedAt > 0) this.#nodes.duration(phase).observe(path, at - startedAt)
  }
}
