/**
 * Counts the facts of one run as they become durable.
 *
 * Owns: since when its nodes wait. Does not own: the table, which all runs of an engine share.
 */
import type { EmittedMetric, Event, Recorded } from "../run/Event.ts"
import type { NodeRow, RunRow } from "../run/State.ts"
import { counted } from "./definitions.ts"
import type { CustomMetrics } from "./CustomMetrics.ts"
import type { Table } from "./Table.ts"

/** What is known of a run while it is counted. */
export interface Counted {
  readonly row: RunRow
  readonly nodes: ReadonlyMap<string, NodeRow>
}

/** A path without the indices of items and the numbers of attempts: as many names as the plan has. */
export const metricName = (path: string): string =>
  path.includes("[") || path.includes("#") ? path.replaceAll(/\[[^\]]*\]/g, "[]").replaceAll(/#\d+/g, "") : path

/** Counts one run. */
export class RunMeter {
  readonly #table: Table
  readonly #run: Counted
  readonly #custom: CustomMetrics | undefined
  /** Custom metrics that are told until the run has ended. */
  #passing: ReadonlyArray<EmittedMetric> = []
  readonly #waits = new Map<string, { readonly since: number; readonly isPermit: boolean }>()

  #hasBegun: boolean
  #hasWaited = false

  /** `hasBegun`: whether its work began in a life before this one. */
  constructor(table: Table, run: Counted, hasBegun: boolean, custom?: CustomMetrics) {
    this.#custom = custom
    this.#table = table
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
      for (const metric of this.#passing) this.#custom?.remove(metric)
      this.#passing = []
      const { phase, reason = "" } = event.ending
      this.#table.add(counted.runsFinished, [workflow, phase, reason])
      this.#table.observe(counted.runDuration, [workflow, phase], at - (startedAt || createdAt))
      this.#waits.clear()
    }
  }

  #emitted(metrics: ReadonlyArray<EmittedMetric>): void {
    for (const metric of metrics) this.#custom?.emit(metric)
    this.#passing = [...this.#passing, ...metrics.filter(({ passing }) => passing === true)]
  }

  #node(event: Extract<Event, { readonly path: string }>, at: number): void {
    // The commonest fact has nothing to count.
    if (event.type === "NodeStarted" && this.#waits.size === 0) return
    const labels = [this.#run.row.workflow, metricName(event.path)]
    switch (event.type) {
      case "NodeWaiting":
        if (event.waiting !== "Permit" && event.waiting !== "Signal") return
        return void this.#waits.set(event.path, { since: at, isPermit: event.waiting === "Permit" })
      case "NodeStarted":
        return this.#waited(event.path, labels, at)
      case "AttemptStarted":
        this.#waited(event.path, labels, at)
        return event.rerun > 0 ? this.#table.add(counted.reruns, labels) : undefined
      case "AttemptFailed":
        return this.#table.add(counted.retries, [...labels, event.error.tag])
      case "NodeFinished":
        return this.#finished(event, labels, at)
    }
  }

  #waited(path: string, labels: ReadonlyArray<string>, at: number): void {
    const wait = this.#waits.get(path)
    if (wait === undefined) return
    this.#waits.delete(path)
    this.#table.observe(wait.isPermit ? counted.permitWait : counted.signalWait, labels, at - wait.since)
  }

  #finished(
    { ending: { phase }, from, path }: Extract<Event, { readonly type: "NodeFinished" }>,
    labels: ReadonlyArray<string>,
    at: number
  ): void {
    this.#waited(path, labels, at)
    if (from !== undefined) return this.#table.add(counted.reused, labels)
    const startedAt = this.#run.nodes.get(path)?.startedAt ?? 0
    if (startedAt > 0) this.#table.observe(counted.nodeDuration, [...labels, phase], at - startedAt)
  }
}
