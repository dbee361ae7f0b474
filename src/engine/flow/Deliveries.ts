/**
 * In which order a flow hears of its steps. What an earlier life recorded is known at once; told at once, a race
 * would be won by whoever is asked first. So it is told in the order of the record, one at a time, each when the body
 * has come to rest.
 *
 * Owns: what is to be told. Does not own: what is told.
 * Invariant: nothing is told before what was recorded earlier and has been asked for by then.
 */
import * as Effect from "effect/Effect"
import { onExit } from "../../run/path.ts"
import type { LiveRun } from "../Live.ts"

interface Delivery {
  readonly seq: number
  readonly tell: () => void
}

/** The results that a flow waits for. */
export class Deliveries {
  readonly #run: LiveRun
  /** The one that is to be told first stands last: thousands may be due at once. */
  #due: Array<Delivery> = []
  #isRunning = false
  #isClosed = false

  constructor(run: LiveRun) {
    this.#run = run
  }

  /** Tells of an end that is recorded; at once when this life recorded it and nothing else is to be told first. */
  add(path: string, tell: () => void): void {
    if (this.#isClosed) return tell()
    const seq = this.#seqOf(path)
    if (this.#due.length === 0 && seq > this.#run.ledger.loaded) return tell()
    this.#due.splice(this.#placeOf(seq), 0, { seq, tell })
    this.#go()
  }

  /** From here on all is told at once: nobody listens. */
  close(): void {
    this.#isClosed = true
    const rest = this.#due.toReversed()
    this.#due = []
    for (const { tell } of rest) tell()
  }

  /** Whoever waits for a step hears of it when its exit handler has ended, too. */
  #seqOf(path: string): number {
    const { nodes } = this.#run.ledger
    return Math.max(nodes.get(path)?.resultSeq ?? 0, nodes.get(onExit(path))?.resultSeq ?? 0)
  }

  /** Before all that are told earlier; of equal ones the one that came first is. */
  #placeOf(seq: number): number {
    let [from, until] = [0, this.#due.length]
    while (from < until) {
      const middle = (from + until) >>> 1
      if (this.#due[middle]!.seq > seq) from = middle + 1
      else until = middle
    }
    return from
  }

  #go(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    const next = Effect.andThen(Effect.yieldNow, Effect.sync(() => this.#next()))
    Effect.runForkWith(this.#run.context)(Effect.whileLoop({
      while: () => this.#due.length > 0,
      body: () => next,
      step: () => {}
    })).addObserver(() => {
      this.#isRunning = false
      if (this.#due.length > 0) this.#go()
    })
  }

  #next(): void {
    this.#due.pop()?.tell()
  }
}
