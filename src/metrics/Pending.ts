/**
 * Numbers that wait to be counted: each fact has some, one or none, and facts become durable in the order in which they
 * were recorded.
 *
 * Owns: the order. Does not own: when a fact is durable.
 * Invariant: as many facts are counted as were noted, in their order, each once.
 */
import { boundsOf } from "./definitions.ts"
import { recordIn, type Series } from "./Table.ts"

/** Upper bounds of the histograms of nodes, which are of durations. */
const bounds = boundsOf({})

/** What is counted is kept until so much of it is forgotten at once. */
const mostCounted = 8_192

/** Numbers by fact. */
export class Pending {
  /** Nothing stands for the end of a fact. */
  readonly #series: Array<Series | undefined> = []
  readonly #millis: Array<number> = []
  #first = 0
  /** Where the numbers of the fact begin that is noted now. */
  #begun = 0

  /** A number of the fact that is noted now: one more, or a duration where the series is a histogram. */
  add(series: Series, millis = 0): void {
    this.#series.push(series)
    this.#millis.push(millis)
  }

  /** The fact is noted; answers whether it has any number. */
  isNoted(): boolean {
    const hasAny = this.#series.length > this.#begun
    if (hasAny) {
      this.#series.push(undefined)
      this.#millis.push(0)
    }
    this.#begun = this.#series.length
    return hasAny
  }

  /** Counts the numbers of the fact that was noted first. */
  count(): void {
    for (let series = this.#next(); series !== undefined; series = this.#next()) {
      if (series.counts === undefined) series.value++
      else recordIn(series, bounds, Math.max(0, this.#millis[this.#first - 1]!) / 1_000)
    }
    if (this.#first >= this.#series.length || this.#first >= mostCounted) this.#forget()
  }

  #forget(): void {
    this.#series.splice(0, this.#first)
    this.#millis.splice(0, this.#first)
    this.#begun = this.#series.length
    this.#first = 0
  }

  #next(): Series | undefined {
    return this.#series[this.#first++]
  }
}
