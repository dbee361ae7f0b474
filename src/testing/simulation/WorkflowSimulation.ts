/**
 * One seed of somebody's own workflow. Effect bodies live in simulated time and die with their process. Bodies of
 * Promises go on whenever nothing else can happen at that instant, and beyond the death of their process, as a process
 * does that was only cut off.
 */
import { continuedIn } from "../../run/chain.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import type { NodeView } from "../../run/view.ts"
import { memoryStore } from "../../store/memory.ts"
import type { AnyTask } from "../../workflow/Definition.ts"
import { makeRandom } from "../World.ts"
import { Answers } from "./Answers.ts"
import { Bodies } from "./Bodies.ts"
import { brokenBy, nodesOf } from "./brokenBy.ts"
import { Cluster, type Process } from "./Cluster.ts"
import { Faults, isPlanned } from "./Faults.ts"
import { answer, begin, send } from "./person.ts"
import { PermitWatch } from "./PermitWatch.ts"
import type { Played, Setup } from "./Simulated.ts"
import { Simulation } from "./Simulation.ts"

const id = "simulated"
const firstInstant = 1_767_225_600_000
/** Turns of the event loop without news after which time goes on, while bodies have not answered. */
const quietTurns = 3
/** The same where nothing else is left to do. */
const lastTurns = 2_000
/** Turns after which they take a millisecond each: then bodies wait for the machine. */
const swiftTurns = 500

/** One seed of somebody's own workflow; seed 0 is the one in which nothing goes wrong. */
export class WorkflowSimulation extends Simulation {
  protected readonly cluster: Cluster
  readonly #setup: Setup
  readonly #seed: number
  readonly #random: () => number
  readonly #faults: Faults
  readonly #permits = new PermitWatch()
  readonly #store = memoryStore()
  readonly #answers: Answers
  /** Nothing goes wrong, but for one crash at most. */
  readonly isCalm: boolean
  #seen = 0
  /** Who waited for a signal after the commit of this number. */
  #asked: { at: number; waiting: ReadonlyArray<{ readonly row: RunRow; readonly node: string }> } = {
    at: -1,
    waiting: []
  }
  readonly #bodies: Bodies
  #quiet = 0
  /** Steps until a run that was suspended is resumed. */
  #resumesIn = Infinity
  /** What the author's mistake is, where the run cannot begin. */
  #refused: unknown

  constructor(seed: number, setup: Setup) {
    super()
    const { clockJumps, slowStores } = setup.faults
    this.#seed = seed
    this.#setup = setup
    this.#random = makeRandom(seed)
    this.#bodies = new Bodies(this.probe, setup.bodyOf)
    // The first seeds are the one in which nothing goes wrong, but for one crash: none of its commits is left out.
    const isCalm = isPlanned(seed, setup)
    this.isCalm = isCalm
    this.#answers = new Answers(this.#random, isCalm)
    this.cluster = new Cluster(this.disk, this.#random, isCalm ? 0 : this.#random() * 0.2)
    this.cluster.time.now = firstInstant
    const [isSlow, jumps, jumpRate] = [this.#random() < 0.3, this.#random() < 0.3, this.#random() * 0.05]
    if (!isCalm && slowStores && isSlow) this.cluster.answers = "slowly"
    if (!isCalm && clockJumps && jumps) this.cluster.jumps = jumpRate
    this.#faults = new Faults(seed, setup)
    this.disk.fault = ({ group }) => {
      this.#look(false)
      return this.#faults.next(group)
    }
  }

  /** Plays it; `turn` lets what is outside of simulated time go on. Rejects when the run cannot begin at all. */
  async play(turn: (millis: number) => Promise<void>): Promise<Played> {
    try {
      for (const _ of this.live()) await turn(this.#quiet > swiftTurns ? 1 : 0)
    } catch (error) {
      if (error === this.#refused) throw error
      this.violations.push(error instanceof Error ? error.message : String(error))
    }
    return {
      violations: eachOnce([...this.violations, ...this.probe.violations]),
      happened: this.#faults.happened,
      befallen: this.#faults.befallen,
      history: this.history,
      commits: this.disk.groups,
      crashes: this.#faults.crashes,
      bodies: this.probe.executions
    }
  }

  protected begin(): void {
    this.#start(this.open())
    if (!this.isCalm && this.#random() < 0.3) this.open()
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
      parallelism: !this.isCalm && this.#random() < 0.3 ? 1 + Math.floor(this.#random() * 3) : 1000
    }
    const process = this.cluster.open([this.#setup.workflow], options, this.#setup.services)
    holder.process = process
    return process
  }

  protected override awaits(): boolean {
    if (this.cluster.living.some(({ world }) => world.busy)) return false
    // Also what has no body may go on outside, such as a flow, or a module that is loaded when it is first needed.
    const mayEnd = this.#waiting.length === 0 && this.row?.suspended !== true && !this.isOver()
    const isLast = mayEnd && this.cluster.living.every(({ world }) => world.idle)
    return this.#quiet++ < (isLast ? lastTurns : quietTurns)
  }

  protected act(): void {
    this.#quiet = 0
    if (this.#refused !== undefined) throw this.#refused
    const process = this.there
    if (process === undefined) return
    this.#command(process)
    const waiting = this.#waiting
    this.#answers.over(new Set(waiting.map(({ node, row }) => `${row.id} ${node}`)))
    for (const { node, row } of waiting) {
      const value = this.#valueFor(node)
      if (value !== undefined && this.#answers.isDue(`${row.id} ${node}`)) answer(process, row.id, node, value.value)
    }
  }

  /** What people do to the run besides; who suspends it resumes it, at the latest when nothing else can happen. */
  #command(process: Process): void {
    const row = this.row
    if (row === undefined) return
    if (row.suspended && this.#resumesIn-- === 0) send(process, row.id, "resume")
    const verb = this.#faults.command(this.disk.groups)
    if (verb === undefined) return
    send(process, row.id, verb)
    if (verb === "suspend") this.#resumesIn = this.#answers.delay()
  }

  /** Sends what nodes wait for; resumes what is suspended. */
  protected rescue(): void {
    const process = this.cluster.living[0]
    const row = this.openRows[0]
    if (process === undefined || row === undefined) return
    if (row.suspended) return send(process, row.id, "resume")
    if (row.held !== null) {
      for (const living of this.cluster.living) this.bury(living)
      return void this.open()
    }
    const waiting = this.#waiting[0]
    if (waiting === undefined) throw new Error(this.#stuck(row))
    const { node } = waiting
    const value = this.#valueFor(node)
    if (value === undefined) {
      const hint = `give its value, as in signals: { "${nameOf(node)}": true }`
      throw new Error(`"${node}" waits for a signal for ever: ${hint}`)
    }
    answer(process, waiting.row.id, node, value.value)
  }

  /** The nodes that wait for a signal. */
  get #waiting(): ReadonlyArray<{ readonly row: RunRow; readonly node: string }> {
    if (this.disk.groups === this.#asked.at) return this.#asked.waiting
    const waiting = this.openRows.flatMap((row) =>
      nodesOf(this.disk, row).filter((node) => this.#isWaiting(node)).map(({ path }) => ({ row, node: path }))
    )
    this.#asked = { at: this.disk.groups, waiting }
    return waiting
  }

  /** One that waits for a time as well goes on by itself, unless it is answered before. */
  #isWaiting({ kind, path, waiting }: NodeView): boolean {
    return waiting === "Signal" || waiting === "Timer" && kind === "suspend" && this.#valueFor(path) !== undefined
  }

  /** What the author has for a node that waits for a signal. */
  #valueFor(node: string): { readonly value: unknown } | undefined {
    const { signals } = this.#setup
    const name = Object.hasOwn(signals, node) ? node : nameOf(node)
    if (!Object.hasOwn(signals, name)) return undefined
    const value = signals[name]
    return { value: typeof value === "function" ? value(this.#seed) : value }
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
    return this.row !== undefined && this.openRows.length === 0 && this.cluster.living.every(({ world }) => world.idle)
  }

  protected override inspect(): void {
    super.inspect()
    this.#look(true)
  }

  protected get row(): RunRow | undefined {
    let row: RunRow | undefined
    for (let next: string | undefined = id; next !== undefined;) {
      const key = this.disk.keys.get(next)
      if (key === undefined) break
      row = this.disk.runs.get(key)!
      next = continuedIn(row)
    }
    return row
  }

  /** What was recorded of all runs, a line for each event. */
  protected override get history(): ReadonlyArray<string> {
    const rows = [...this.disk.runs.values()]
    return rows.flatMap(({ id, key }) =>
      [...this.disk.events.get(key)?.values() ?? []].sort((a, b) => a.seq - b.seq)
        .map(({ at, data, seq }) => `${rows.length > 1 ? `${id} ` : ""}${seq} t=${at} ${data}`)
    )
  }

  /** Asks what must hold, once for each commit. */
  #look(over: boolean): void {
    const row = this.row
    const process = this.cluster.living.find(({ journal }) => this.disk.members.has(journal.process))
    if (process !== undefined) this.violations.push(...this.#permits.look(process.journal))
    if (row === undefined || !over && this.disk.groups === this.#seen) return
    this.#seen = this.disk.groups
    const told = { seed: this.#seed, over, now: this.cluster.time.now, crashes: this.#faults.crashes }
    this.violations.push(...brokenBy(this.#setup, this.disk, row, told))
  }
}

/** The name of a node or of what it waits for. */
const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1)

/** What is said first of each thing that does not hold: later it is often said in other words. */
const eachOnce = (violations: ReadonlyArray<string>): ReadonlyArray<string> => {
  const firsts = new Map<string, string>()
  for (const violation of violations) {
    const name = violation.replace(/:.*/s, "")
    if (!firsts.has(name)) firsts.set(name, violation)
  }
  return [...firsts.values()]
}
