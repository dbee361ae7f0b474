/**
 * Counts the facts of one run as they become durable. What a fact about a node counts for is looked up when it is
 * recorded, so that nothing of it has to be kept until then but a series and a number.
 *
 * Owns: since when its nodes wait. Does not own: the table, which all runs of an engine share.
 */
import type { EmittedMetric, NodeEvent, Recorded } from "../run/Event.ts"
import type { NodeRow, RunRow } from "../run/State.ts"
import { counted } from "./definitions.ts"
import type { CustomMetrics } from "./CustomMetrics.ts"
import { metricName, type NodeSeries } from "./NodeSeries.ts"
import { Pending } from "./Pending.ts"
import type { Numbers } from "./Numbers.ts"
import type { Table } from "./Table.ts"

/** What is known of a run while it is counted. */
export interface Counted {
  readonly row: RunRow
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
  /** What is counted as facts become durable, in their order. */
  readonly #pending = new Pending()

  /** `hasBegun`: whether its work began in a life before this one. */
  constructor({ custom, nodes, table }: Numbers, run: Counted, hasBegun: boolean) {
    this.#custom = custom
    this.#table = table
    this.#nodes = nodes.of(run.row.workflow)
    this.#run = run
    this.#hasBegun = hasBegun
  }

  /** Counts a fact about the run that is durable. */
  take({ at, event }: Pick<Recorded, "at" | "event">): void {
    if ("path" in event) return
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

  /** Notes what a fact about a node, whose row it led to, will count for; answers whether there is something. */
  note(event: NodeEvent, at: number, { startedAt }: NodeRow): boolean {
    switch (event.type) {
      case "NodeWaiting":
        if (event.waiting === "Permit" || event.waiting === "Signal") {
          this.#waits.set(event.path, { since: at, isPermit: event.waiting === "Permit" })
        }
        break
      case "NodeStarted":
        this.#waited(event.path, at)
        break
      case "AttemptStarted":
        this.#waited(event.path, at)
        if (event.rerun > 0) this.#pending.add(this.#nodes.reruns.of(event.path))
        break
      case "AttemptFailed":
        this.#pending.add(this.#table.at(counted.retries, this.#labels(event.path, event.error.tag)))
        break
      case "NodeFinished":
        this.#finished(event, at, startedAt)
    }
    return this.#pending.isNoted()
  }

  /** Counts what the oldest fact that was noted has to count: it is durable. */
  count(): void {
    this.#pending.count()
  }

  #labels(path: string, last: string): ReadonlyArray<string> {
    return [this.#run.row.workflow, metricName(path), last]
  }

  #waited(path: string, at: number): void {
    const wait = this.#waits.size === 0 ? undefined : this.#waits.get(path)
    if (wait === undefined) return
    this.#waits.delete(path)
    const series = wait.isPermit ? this.#nodes.permitWait : this.#nodes.signalWait
    this.#pending.add(series.of(path), at - wait.since)
  }

  #finished(
    { ending: { phase }, from, path }: Extract<NodeEvent, { readonly type: "NodeFinished" }>,
    at: number,
    startedAt: number
  ): void {
    this.#waited(path, at)
    if (from !== undefined) return this.#pending.add(this.#nodes.reused.of(path))
    if (startedAt > 0) this.#pending.add(this.#nodes.duration(phase).of(path), at - startedAt)
  }
}
