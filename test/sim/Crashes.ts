/** Crashes of simulated processes as they commit: a few in each seed, as often as it chooses. */
import type { Fault } from "../../src/journal/Disk.ts"

/** The most of one seed. */
const most = 6

/** The crashes of one seed. */
export class Crashes {
  count = 0
  readonly #random: () => number
  readonly #rate: number

  constructor(random: () => number, rate: number) {
    this.#random = random
    this.#rate = rate
  }

  /** What becomes of the next commit. A crash takes effect inside it: what follows in the process never happens. */
  next(): Fault | undefined {
    if (this.count >= most || this.#random() >= this.#rate) return undefined
    const what = this.#random() < 0.7 ? "kill" : "fail"
    const when = this.#random() < 0.5 ? "before" : "after"
    this.count++
    return { what, when }
  }
}
