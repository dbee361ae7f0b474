/**
 * The series that facts about nodes count for, found without putting labels together: there is a fact or two of each
 * node, and some hundred nodes in a millisecond.
 *
 * Owns: where the series of a name is. Does not own: the series (the table does), what is counted.
 * Invariant: it remembers no more names than the table has series of a metric.
 */
import { counted, type Metric } from "./definitions.ts"
import type { Phase } from "../run/Phase.ts"
import { mostSeries, other, type Series, type Table } from "./Table.ts"

/** A path without the indices of items and the numbers of attempts: as many names as the plan has. */
export const metricName = (path: string): string =>
  path.includes("[") || path.includes("#") ? path.replaceAll(/\[[^\]]*\]/g, "[]").replaceAll(/#\d+/g, "") : path

/** The series of one metric for the nodes of one workflow. */
class Named {
  readonly #table: Table
  readonly #metric: Metric
  readonly #workflow: string
  /** What follows the name of the node among the labels. */
  readonly #last: ReadonlyArray<string>
  readonly #known = new Map<string, Series>()
  #other: Series | undefined

  constructor(table: Table, metric: Metric, workflow: string, last: ReadonlyArray<string>) {
    this.#table = table
    this.#metric = metric
    this.#workflow = workflow
    this.#last = last
  }

  /** That of the node at a path. */
  of(path: string): Series {
    const name = metricName(path)
    return this.#known.get(name) ?? this.#other ?? this.#find(name)
  }

  #find(name: string): Series {
    const isFull = this.#table.isFull(this.#metric)
    const found = this.#table.at(this.#metric, [this.#workflow, name, ...this.#last])
    if (isFull) this.#other = found
    else this.#known.set(name, found)
    return found
  }
}

/** What nodes of one workflow count for. */
export class NodeSeries {
  readonly permitWait: Named
  readonly signalWait: Named
  readonly reruns: Named
  readonly reused: Named
  readonly #make: (metric: Metric, ...last: ReadonlyArray<string>) => Named
  readonly #durations = new Map<Phase, Named>()

  constructor(table: Table, workflow: string) {
    this.#make = (metric, ...last) => new Named(table, metric, workflow, last)
    this.permitWait = this.#make(counted.permitWait)
    this.signalWait = this.#make(counted.signalWait)
    this.reruns = this.#make(counted.reruns)
    this.reused = this.#make(counted.reused)
  }

  /** Durations of nodes that ended in a phase. */
  duration(phase: Phase): Named {
    let found = this.#durations.get(phase)
    if (found === undefined) this.#durations.set(phase, found = this.#make(counted.nodeDuration, phase))
    return found
  }
}

/** The series of nodes, by workflow. */
export class SeriesOfNodes {
  readonly #table: Table
  readonly #known = new Map<string, NodeSeries>()

  constructor(table: Table) {
    this.#table = table
  }

  /** Those of a workflow; of all further ones together where there are as many as a metric has series. */
  of(workflow: string): NodeSeries {
    const name = this.#known.size < mostSeries || this.#known.has(workflow) ? workflow : other
    let found = this.#known.get(name)
    if (found === undefined) this.#known.set(name, found = new NodeSeries(this.#table, name))
    return found
  }
}
