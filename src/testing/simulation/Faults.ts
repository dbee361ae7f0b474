/**
 * What goes wrong at the commits of one seed of a workflow: the first seeds crash once at each commit, the others as
 * they draw it, or as a list says.
 */
import type { Fault } from "../../journal/Disk.ts"
import { makeRandom } from "../World.ts"
import type { Befallen, FaultMoment, Setup, SimulatedFaults } from "./Simulated.ts"

/** What befell a commit or the run after it, as people read it. */
const told = {
  crashes: "was stored its process was killed",
  lostAnswers: "was stored its process lost its storage",
  suspends: "the run was suspended",
  stops: "the run was stopped"
} as const

/** Kinds of faults that happen at a commit. */
export const momentary = ["suspends", "stops", "lostAnswers", "crashes"] as const

/** The most crashes, suspensions and stops of one seed. */
const most = { crashes: 6, suspends: 2, stops: 1 }

/** Whether a seed is the one without faults, or that with a crash at one commit. */
export const isPlanned = (seed: number, { commits, faults: { crashes } }: Pick<Setup, "commits" | "faults">): boolean =>
  seed === 0 || crashes === true && seed <= 2 * commits

/** What goes wrong in one seed; nothing in seed 0. */
export class Faults {
  /** What happened so far, in its order. */
  readonly befallen: Array<Befallen> = []
  readonly #faults: SimulatedFaults
  /** Drawn of it alone: what is turned off leaves the rest as it was. */
  readonly #random: () => number
  readonly #rates: { readonly crash: number; readonly suspend: number; readonly stop: number }
  /** What a list says that has not happened yet. */
  readonly #listed: Array<Befallen>
  /** The commit after which was asked last whether a person does something. */
  #asked = 0

  constructor(seed: number, setup: Setup) {
    const { faults } = setup
    const random = this.#random = makeRandom(seed ^ 0x5eed_0000)
    const isDrawn = !isPlanned(seed, setup)
    const rate = (share: number, most: number): number => {
      const [is, much] = [random() < share, random()]
      return isDrawn && is ? much * most : 0
    }
    this.#rates = { crash: rate(0.8, 0.3), suspend: rate(0.3, 0.2), stop: rate(0.5, 0.3) }
    this.#faults = isDrawn ? faults : none
    const moment: FaultMoment = `${seed % 2 === 1 ? "before" : "after"} ${Math.ceil(seed / 2)}`
    this.#listed = isDrawn
      ? momentary.flatMap((kind) => listOf(faults[kind]).map((moment) => ({ kind, moment })))
      : seed === 0
      ? []
      : [{ kind: "crashes", moment }]
  }

  /** What happened, a sentence for each. */
  get happened(): ReadonlyArray<string> {
    return this.befallen.map(({ kind, moment }) => `${moment.replace(" ", " commit ")} ${told[kind]}`)
  }

  /** How often processes were killed or lost their storage. */
  get crashes(): number {
    return this.#countOf("crashes") + this.#countOf("lostAnswers")
  }

  /** What becomes of a commit. A crash takes effect inside it: what follows in the process never happens. */
  next(group: number): Fault | undefined {
    const [is, which, side] = [this.#random() < this.#rates.crash, this.#random(), this.#random()]
    const listed = this.#listedAt(["crashes", "lostAnswers"], ["before", "after"], group)
    if (listed !== undefined) return faultOf(listed)
    const kind = which < 0.7 ? "crashes" : "lostAnswers"
    if (!is || this.#faults[kind] !== true || this.crashes >= most.crashes) return undefined
    const drawn: Befallen = { kind, moment: `${side < 0.5 ? "before" : "after"} ${group}` }
    this.befallen.push(drawn)
    return faultOf(drawn)
  }

  /** What a person does to the run after a commit; asked as often as anything happens. */
  command(group: number): "suspend" | "stop" | undefined {
    if (group === this.#asked) return undefined
    this.#asked = group
    const is = { suspends: this.#random() < this.#rates.suspend, stops: this.#random() < this.#rates.stop }
    const listed = this.#listedAt(["suspends", "stops"], ["after"], group)
    if (listed !== undefined) return listed.kind === "suspends" ? "suspend" : "stop"
    const kind = (["suspends", "stops"] as const).find((it) =>
      is[it] && this.#faults[it] === true && this.#countOf(it) < most[it]
    )
    if (kind === undefined) return undefined
    this.befallen.push({ kind, moment: `after ${group}` })
    return kind === "suspends" ? "suspend" : "stop"
  }

  #countOf(wanted: Befallen["kind"]): number {
    return this.befallen.filter(({ kind }) => kind === wanted).length
  }

  /** What is listed for this commit and of these kinds; first what keeps it from being stored, since it comes again. */
  #listedAt(
    kinds: ReadonlyArray<Befallen["kind"]>,
    sides: ReadonlyArray<string>,
    group: number
  ): Befallen | undefined {
    const found =
      sides.map((side) => `${side} ${group}`).flatMap((at) =>
        this.#listed.filter(({ kind, moment }) => kinds.includes(kind) && moment === at)
      )[0]
    if (found === undefined) return undefined
    this.#listed.splice(this.#listed.indexOf(found), 1)
    this.befallen.push(found)
    return found
  }
}

/** Nothing goes wrong. */
export const none: SimulatedFaults = {
  crashes: false,
  lostAnswers: false,
  slowStores: false,
  clockJumps: false,
  suspends: false,
  stops: false
}

const faultOf = ({ kind, moment }: Befallen): Fault => ({
  what: kind === "crashes" ? "kill" : "fail",
  when: moment.startsWith("before") ? "before" : "after"
})

const listOf = <A>(value: boolean | ReadonlyArray<A>): ReadonlyArray<A> => typeof value === "boolean" ? [] : value
