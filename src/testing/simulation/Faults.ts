/** The crashes of one seed of a workflow: the first seeds crash once at each commit, the others at random. */
import type { Fault } from "../../journal/Disk.ts"
import { Crashes } from "./Crashes.ts"
import type { Setup } from "./Simulated.ts"

/** What befell a commit, as people read it. */
const told = { kill: "its process was killed", fail: "its process lost its storage", refuse: "it was refused" }

/** Whether a seed is the one without faults, or that with a crash at one commit. */
export const isPlanned = (seed: number, { commits, faults: { crashes } }: Pick<Setup, "commits" | "faults">): boolean =>
  seed === 0 || crashes && seed <= 2 * commits

/** The crashes of one seed; seed 0 has none. */
export class Faults {
  /** What happened so far, a sentence for each. */
  readonly happened: Array<string> = []
  readonly #crashes: Crashes
  /** Where this seed crashes for certain: the commit, from 1; 0 for those that crash at random. */
  readonly #planned: number
  readonly #when: Fault["when"]
  #crashed = 0

  constructor(seed: number, setup: Setup, random: () => number) {
    const { crashes, lostAnswers } = setup.faults
    this.#planned = isPlanned(seed, setup) ? Math.ceil(seed / 2) : 0
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
    const fault = this.#drawn(group)
    if (fault !== undefined) this.happened.push(`${fault.when} commit ${group} was stored ${told[fault.what]}`)
    return fault
  }

  #drawn(group: number): Fault | undefined {
    if (group !== this.#planned || this.#crashed > 0) return this.#crashes.next()
    this.#crashed++
    return { what: "kill", when: this.#when }
  }
}
