/** The crashes of one seed of a workflow: the first seeds crash once at each commit, the others at random. */
import type { Fault } from "../../journal/Disk.ts"
import { Crashes } from "./Crashes.ts"
import type { Setup } from "./Simulated.ts"

/** The crashes of one seed; seed 0 has none. */
export class Faults {
  readonly #crashes: Crashes
  /** Where this seed crashes for certain: the commit, from 1; 0 for those that crash at random. */
  readonly #planned: number
  readonly #when: Fault["when"]
  #crashed = 0

  constructor(seed: number, { commits, faults: { crashes, lostAnswers } }: Setup, random: () => number) {
    this.#planned = crashes && seed <= 2 * commits ? Math.ceil(seed / 2) : 0
    this.#when = seed % 2 === 1 ? "before" : "after"
    const kinds = [...crashes ? ["kill" as const] : [], ...lostAnswers ? ["fail" as const] : []]
    const rate = seed === 0 || this.#planned > 0 || random() < 0.2 ? 0 : random() * 0.3
    this.#crashes = new Crashes(random, rate, kinds)
  }

  /** How often processes were killed or lost their storage. */
  get count(): number {
    return this.#crashed + this.#crashes.count
  }

  /** What becomes of a commit. */
  next(group: number): Fault | undefined {
    if (group !== this.#planned || this.#crashed > 0) return this.#crashes.next()
    this.#crashed++
    return { what: "kill", when: this.#when }
  }
}
