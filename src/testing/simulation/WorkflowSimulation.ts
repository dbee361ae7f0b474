/**
 * One seed of somebody's own workflow. Effect bodies live in simulated time and die with their process. Bodies of
 * Promises go on whenever nothing else can happen at that instant, and beyond the death of their process, as a process
 * does that was only cut off.
 */
import { isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import { memoryStore } from "../../store/memory.ts"
import type { AnyTask } from "../../workflow/Definition.ts"
import { makeRandom } from "../World.ts"
import { Bodies } from "./Bodies.ts"
import { brokenBy, nodesOf } from "./brokenBy.ts"
import { Cluster, type Process } from "./Cluster.ts"
import { Faults } from "./Faults.ts"
import { answer, begin, resume } from "./person.ts"
import { PermitWatch } from "./PermitWatch.ts"
import type { Played, Setup } from "./Simulated.ts"
import { Simulation } from "./Simulation.ts"

const id = "simulated"
const firstInstant = 1_767_225_600_000
/** Turns of the event loop without news after which time goes on, while bodies have not answered. */
const quietTurns = 3
/** The same where nothing else is left to do. */
const lastTurns = 5_000

/** One seed of somebody's own workflow; seed 0 is the one in which nothing goes wrong. */
export class WorkflowSimulation extends Simulation {
  protected readonly cluster: Cluster
  readonly #setup: Setup
  readonly #seed: number
  readonly #random: () => number
  readonly #faults: Faults
  readonly #permits = new PermitWatch()
  readonly #store = memoryStore()
  #seen = 0
  readonly #bodies: Bodies
  #quiet = 0
  /** What the author's mistake is, where the run cannot begin. */
  #refused: unknown

  constructor(seed: number, setup: Setup) {
    super()
    const { clockJumps, slowStores } = setup.faults
    this.#seed = seed
    this.#setup = setup
    this.#random = makeRandom(seed)
    this.#bodies = new Bodies(this.probe, setup.bodyOf)
    const isCalm = seed === 0
    this.cluster = new Cluster(this.disk, this.#random, isCalm ? 0 : this.#random() * 0.2)
    this.cluster.time.now = firstInstant
    if (!isCalm && slowStores && this.#random() < 0.3) this.cluster.answers = "slowly"
    if (!isCalm && clockJumps && this.#random() < 0.3) this.cluster.jumps = this.#random() * 0.05
    this.#faults = new Faults(seed, setup, this.#random)
    this.disk.fault = ({ group }) => {
      this.#look(false)
      return this.#faults.next(group)
    }
  }

  /** Plays it; `turn` lets bodies outside of simulated time go on. Rejects when the run cannot begin at all. */
  async play(turn: () => Promise<void>): Promise<Played> {
    try {
      for (const _ of this.live()) await turn()
    } catch (error) {
      if (error === this.#refused) throw error
      this.violations.push(error instanceof Error ? error.message : String(error))
    }
    return {
      violations: [...new Set([...this.violations, ...this.probe.violations])],
      history: this.history,
      commits: this.disk.groups,
      crashes: this.#faults.count,
      bodies: this.probe.executions
    }
  }

  protected begin(): void {
    this.#start(this.open())
    if (this.#seed !== 0 && this.#random() < 0.3) this.open()
  }

  protected restart(): void {
    this.#start(this.cluster.living[0]!)
  }

  #start(process: Process): void {
    const { input, workflow } = this.#setup
    begin(process, workflow, input, id, (error) => {
      this.#refused = error
    })
  }

  protected open(): Process {
    const holder: { process?: Process } = {}
    const number = (): number => holder.process?.journal.process ?? this.cluster.newest
    const options = {
      bodyOf: (task: AnyTask) => this.#bodies.of(task, number),
      cache: { default: "off" as const },
      artifacts: { store: this.#store },
      parallelism: this.#seed !== 0 && this.#random() < 0.3 ? 1 + Math.floor(this.#random() * 3) : 1000
    }
    const process = this.cluster.open([this.#setup.workflow], options, this.#setup.services)
    holder.process = process
    return process
  }

  protected override awaits(): boolean {
    if (this.#bodies.pending === 0 || this.cluster.living.some(({ world }) => world.busy)) return false
    const isLast = this.cluster.living.every(({ world }) => world.idle) && this.#waiting === undefined
    return this.#quiet++ < (isLast ? lastTurns : quietTurns)
  }

  protected act(): void {
    this.#quiet = 0
    if (this.#refused !== undefined) throw this.#refused
  }

  /** Sends what nodes wait for; resumes what is suspended. */
  protected rescue(): void {
    const process = this.cluster.living[0]
    const row = this.row
    if (process === undefined || row === undefined || isTerminal(row.phase)) return
    if (row.suspended) return resume(process, row.id)
    if (row.held !== null) {
      for (const living of this.cluster.living) this.bury(living)
      return void this.open()
    }
    const waiting = this.#waiting
    if (waiting === undefined) throw new Error(this.#stuck(row))
    const { signals } = this.#setup
    const name = Object.hasOwn(signals, waiting) ? waiting : waiting.slice(waiting.lastIndexOf("/") + 1)
    if (!Object.hasOwn(signals, name)) {
      throw new Error(`"${waiting}" waits for a signal for ever: give its value, as in signals: { "${name}": true }`)
    }
    answer(process, row.id, waiting, signals[name])
  }

  get #waiting(): string | undefined {
    return nodesOf(this.disk, this.row).find(({ waiting }) => waiting === "Signal")?.path
  }

  #stuck({ phase }: RunRow): string {
    const open = nodesOf(this.disk, this.row).filter((node) => !isTerminal(node.phase)).map(({ path }) => path).join(
      ", "
    )
    const outside = this.#bodies.pending === 0
      ? ""
      : ". A body has not answered: it waits for something outside of simulated " +
        "time, such as a timer or the network. Replace it: simulate(…, { replace: [[task, body]] })"
    return `The run waits for ever, ${phase}: ${open}${outside}`
  }

  protected isOver(): boolean {
    const row = this.row
    return row !== undefined && isTerminal(row.phase) && this.cluster.living.every(({ world }) => world.idle)
  }

  protected override inspect(): void {
    super.inspect()
    this.#look(true)
  }

  protected get row(): RunRow | undefined {
    const key = this.disk.keys.get(id)
    return key === undefined ? undefined : this.disk.runs.get(key)
  }

  /** Asks what must hold, once for each commit. */
  #look(over: boolean): void {
    const row = this.row
    const process = this.cluster.living.find(({ journal }) => this.disk.members.has(journal.process))
    if (process !== undefined) this.violations.push(...this.#permits.look(process.journal))
    if (row === undefined || !over && this.disk.groups === this.#seen) return
    this.#seen = this.disk.groups
    const told = { seed: this.#seed, over, now: this.cluster.time.now, crashes: this.#faults.count }
    this.violations.push(...brokenBy(this.#setup, this.disk, row, told))
  }
}
