/** Crashes of simulated processes as they commit: a few in each seed, as often as it chooses. */
import type { Fault } from "../../src/journal/Disk.ts"

/** The most of one seed. */
const most = 6

/** The crashes of one seed. */
export class Crashes {
  count = 0
  readonly #random: () => number
  readonly #rate: number
  readonly #kinds: ReadonlyArray<Fault["what"]>

  constructor(random: () => number, rate: number, kinds: ReadonlyArray<Fault["what"]> = ["kill", "fail"]) {
    this.#random = random
    this.#rate = rate
    this.#kinds = kinds
  }

  /** What becomes of the next commit. A crash takes effect inside it: what follows in the process never happens. */
  next(): Fault | undefined {
    if (this.count >= most || this.#random() >= this.#rate) return undefined
    const drawn = this.#random() < 0.7 ? "kill" : "fail"
    const when = this.#random() < 0.5 ? "before" : "after"
    const what = this.#kinds.includes(drawn) ? drawn : this.#kinds[0]
    if (what === undefined) return undefined
    this.count++
    return { what, when }
  }
}
