/** One seed: a random workflow under random faults and commands, run to its end, then checked. */
import { brokenReuse } from "./reuse.ts"
import { type Answered, answersOf } from "../journal/answers.ts"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import { command } from "../../src/engine/control/command.ts"
import { retry } from "../../src/engine/life/retry.ts"
import { start } from "../../src/engine/life/start.ts"
import { setLimit } from "../../src/engine/observe/locks.ts"
import type { Fault, GroupInfo } from "../../src/journal/Disk.ts"
import type { JournalError } from "../../src/journal/JournalError.ts"
import { spaces } from "../../src/run/placement.ts"
import { isTerminal } from "../../src/run/Phase.ts"
import type { RunRow } from "../../src/run/State.ts"
import { makeRandom } from "../../src/testing/World.ts"
import type { AnyWorkflow } from "../../src/workflow/Definition.ts"
import { Cluster, type Process } from "./Cluster.ts"
import { Crashes } from "./Crashes.ts"
import { Generator } from "./generate.ts"
import { changing, inCircle, RatedPermitWatch } from "./permits.ts"
import { Sessions } from "./Sessions.ts"
import { Simulation } from "../../src/testing/simulation/Simulation.ts"
import type { Answering } from "../../src/testing/simulation/answering.ts"
import { Told } from "./spans.ts"
import { visit } from "./visitors.ts"

/** What one seed showed. */
export interface Verdict {
  readonly violations: ReadonlyArray<string>
  readonly executions: number
  readonly phase: string
  readonly crashes: number
  readonly history: ReadonlyArray<string>
}

/** More of them would keep the seed so busy that its clock never moves on. */
const visitors = 300

/** As many steps without an event mean that nobody goes on by himself, or waits for long. */
const patience = 5_000

/** How seeds are played. */
export interface Play {
  /**
   * Whether fibers may be interrupted between any two operations; default true. Without, only what waits lets others go
   * first.
   */
  readonly preemption?: boolean
  /** How storage answers; default at once. */
  readonly answers?: Answering
  /** Whether some bodies run on a pool; default false. */
  readonly pools?: boolean
  /** What the disk is behind; `postgres`: a wire, sessions that end, processes that are declared dead and come back. */
  readonly journal?: "memory" | "postgres"
  /** Whether the spans that are told are compared with those of the record; default false. */
  readonly spans?: boolean
}

/** Plays one seed. */
export const play = (seed: number, how: Play = {}): Verdict => new Scenario(seed, how).play()

class Scenario extends Simulation<Answered> {
  readonly #random: () => number
  protected readonly cluster: Cluster
  readonly #seed: number
  readonly #crashes: Crashes
  readonly #commandRate: number
  /** How often somebody gives odd values. */
  readonly #visitRate: number
  /** How often what is written of a run is refused for what it holds. */
  #refusals: number
  /** The run of which the next append is refused. */
  #refused: number | undefined
  readonly #pools: boolean
  #visits = 0
  #steps = 0
  /** How many runs and nodes had ended when a circle was looked for last. */
  #ended = 0
  #retries = 0
  #pending: Array<Fiber.Fiber<unknown, unknown>> = []
  readonly #sessions: Sessions | undefined
  readonly #told: Told | undefined

  constructor(
    seed: number,
    { answers = "at once", journal = "memory", pools = false, preemption = true, spans = false }: Play
  ) {
    super()
    if (spans) this.#told = new Told()
    this.#pools = pools
    this.#seed = seed
    this.#random = makeRandom(seed)
    const preempt = this.#random() * 0.2
    this.cluster = new Cluster(this.disk, this.#random, preemption ? preempt : 0)
    this.cluster.answers = answers
    if (this.#random() < 0.3) this.cluster.loss = this.#random()
    if (this.#random() < 0.3) this.cluster.lateness = { chance: this.#random(), most: 1 + this.#random() * 200 }
    if (this.#random() < 0.3) this.cluster.jumps = this.#random() * 0.05
    // Some seeds switch a kind of fault off entirely.
    this.#crashes = new Crashes(this.#random, this.#random() < 0.4 ? 0 : this.#random() * 0.15)
    this.#commandRate = this.#random() < 0.4 ? 0 : this.#random() * 0.02
    this.#visitRate = this.#random() < 0.5 ? 0 : this.#random() * 0.05
    this.#refusals = this.#random() < 0.3 ? 1 : 0
    if (journal === "postgres") this.#sessions = this.#sessionsOf()
    this.disk.fault = (info) => {
      this.#lookAtPermits(info.at)
      return this.#refusal(info) ?? this.#crashes.next()
    }
  }

  #sessionsOf(): Sessions {
    return new Sessions(this.cluster, this.disk, this.probe, this.#random, () => {
      // What was granted and forgotten may be granted again.
      this.#permits = new RatedPermitWatch()
      this.#ended = 0
    })
  }

  /** A server that has forgotten changes ends who made them. */
  protected override mayEnd(error: JournalError): boolean {
    return super.mayEnd(error) || error.reason === "Replaced" && this.#sessions?.isRewound === true
  }

  play(): Verdict {
    try {
      for (const _ of this.live()) throw new Error("nobody waits for bodies of Promises")
    } catch (error) {
      this.violations.push(`broke: ${error instanceof Error ? error.stack : String(error)}`)
    }
    return {
      violations: [...this.violations, ...this.cluster.violations, ...this.probe.violations],
      executions: this.probe.executions,
      phase: this.row?.phase ?? "none",
      crashes: this.#crashes.count + (this.#sessions?.count ?? 0),
      history: this.history
    }
  }

  protected begin(): void {
    const process = this.open()
    const options = this.#random() < 0.5 ? { id: "chosen" } : {}
    process.world.fork(start(process.engine, this.#workflow(process), {}, options))
    const other = this.#random() < 0.3 ? this.open() : process
    for (let left = this.#pools ? Math.floor(this.#random() * 3) : 0; left > 0; left--) this.open(true)
    if (this.#random() < 0.4) other.world.fork(Effect.exit(start(other.engine, this.#rivals.get(other)!, {})))
  }

  /** Opens a process; one that only works offers places, and takes no runs over. */
  protected open(works = false): Process {
    const holder: { process?: Process } = {}
    const number = () => holder.process?.journal.process ?? this.cluster.newest
    const generator = new Generator(this.#seed, this.probe, number, this.#random, this.#pools)
    const workflow = generator.workflow(7)
    const rival = generator.rival()
    const parallelism = this.#random() < 0.3 ? 1 + Math.floor(this.#random() * 3) : 1000
    const isOffering = works || this.#pools && this.#random() < 0.5
    const places = isOffering ? { pools: { pool: 1 + Math.floor(this.#random() * 3) } } : {}
    const process = this.cluster.open([workflow, rival], {
      parallelism,
      takeOver: !works,
      ...places,
      ...this.#told?.options
    })
    holder.process = process
    this.#workflows.set(process, workflow)
    this.#rivals.set(process, rival)
    return process
  }

  readonly #workflows = new Map<Process, AnyWorkflow>()
  readonly #rivals = new Map<Process, AnyWorkflow>()
  #permits = new RatedPermitWatch()

  #workflow(process: Process): AnyWorkflow {
    return this.#workflows.get(process)!
  }

  #lookAtPermits(written: number | undefined): void {
    const process = this.cluster.living.find(({ journal }) => this.disk.members.has(journal.process))
    if (process !== undefined) {
      this.violations.push(
        ...this.#permits.lookAt(process.journal, { ...this.cluster.clocks, written })
      )
    }
  }

  /** A visitor brings whatever the door should have kept out: only its own run may suffer. */
  #refusal({ writes }: GroupInfo): Fault | undefined {
    if (this.#refusals === 0 && this.#refused === undefined) return undefined
    const runs = new Set(writes.flatMap((write) => write.kind === "event" ? [write.row.run] : []))
    if (this.#refused === undefined && runs.size > 0 && this.#random() < 0.05) {
      this.#refusals--
      this.#refused = [...runs][0]
    }
    if (this.#refused === undefined || !runs.has(this.#refused)) return undefined
    // Appends are committed one by one now; the first about the run is the one that holds it.
    if (runs.size === 1) this.#refused = undefined
    return { when: "before", what: "refuse" }
  }

  #visit(): void {
    this.#visits++
    const process = this.#pick(this.cluster.living)
    const row = this.#pick([...this.disk.runs.values()])
    if (process === undefined || row === undefined || process.engine.lost !== undefined) return
    const path = this.#pick([...this.disk.nodes.get(row.key)?.keys() ?? []]) ?? ""
    const scene = { row, path, workflow: this.#rivals.get(process)! }
    visit(process, scene, this.#random, (violation) => this.violations.push(violation))
  }

  protected restart(): void {
    const process = this.there!
    process.world.fork(start(process.engine, this.#workflow(process), {}, {}))
  }

  protected override comesBack(process: Process): boolean {
    const isHere = process.engine.renewing !== undefined || this.#sessions?.isAway(process) === true
    return isHere || this.#sessions?.isFenced(process.journal.process) === true
  }

  /** Over a wire everything takes more of them. */
  protected override get stepLimit(): number {
    return this.#sessions === undefined ? super.stepLimit : 5 * super.stepLimit
  }

  /** Whether something is offered that nobody works for. */
  get #isWanting(): boolean {
    const isOffered = this.disk.cells.list(spaces.offers).length > 0
    return isOffered && this.cluster.living.every(({ engine }) => engine.worker === undefined)
  }

  protected act(): void {
    this.#sessions?.happen()
    // Others may be busy for ever, waiting for rates.
    if (this.#pools && this.#random() < 0.01 && this.#isWanting) this.open(true)
    if (++this.#steps % patience === 0) this.#lookForCircle()
    if (this.#random() < this.#commandRate) this.#command()
    if (this.#random() < this.#visitRate && this.#visits < visitors) this.#visit()
  }

  /**
   * Whoever waits at a rate looks once a period, and commands come again and again: with a circle beside it, something
   * can happen for ever in which nothing ends.
   */
  #lookForCircle(): void {
    const rows = [...this.disk.runs.values(), ...[...this.disk.nodes.values()].flatMap((nodes) => [...nodes.values()])]
    const ended = rows.filter(({ phase }) => isTerminal(phase)).length
    if (ended === this.#ended && this.there !== undefined) this.#breakCircle(this.there)
    this.#ended = ended
  }

  /** Ends a run that waits in a circle; answers whether there is one. */
  #breakCircle({ engine, journal, world }: Process): boolean {
    const circle = inCircle(answersOf(journal).permits())
    const stuck = this.openRows.find(({ key }) => key === circle)
    if (stuck !== undefined) world.fork(Effect.exit(command(engine, stuck.id, "terminate")))
    return stuck !== undefined
  }

  #command(): void {
    const row = this.#pick(this.openRows)
    const process = this.#pick(this.cluster.living)
    if (row === undefined || process === undefined) return
    const draw = this.#random()
    if (draw < 0.3) return this.#setLimit(process, Math.floor(this.#random() * 5))
    const node = this.#random() < 0.5 ? this.#waiter(row) : this.#laterWaiter(process)
    if (node !== undefined && draw < 0.5) {
      const signal = command(process.engine, row.id, "signal", { node, value: 5 })
      return void this.#pending.push(process.world.fork(Effect.exit(signal)))
    }
    const verb = draw < 0.45 ? "stop" : draw < 0.55 ? "terminate" : draw < 0.8 ? "suspend" : "resume"
    const args = verb === "terminate" && this.#random() < 0.5 ? { compensate: true } : {}
    this.#pending.push(process.world.fork(Effect.exit(command(process.engine, row.id, verb, args))))
  }

  #waiter({ key }: RunRow): string | undefined {
    return this.#pick([...this.disk.nodes.get(key)?.values() ?? []].filter(({ kind }) => kind === "suspend"))?.path
  }

  /** One that may not have begun. */
  #laterWaiter(process: Process): string | undefined {
    return this.#pick(this.#workflow(process).nodes.filter(({ kind }) => kind === "suspend"))?.name
  }

  #setLimit(process: Process, limit: number): void {
    const set = process.world.fork(Effect.exit(setLimit(process.engine, changing.name, limit)))
    set.addObserver((exit) => {
      if (process.dead || exit._tag === "Success" && exit.value._tag === "Success") return
      // The process lost its storage in this very commit, and the caller is told so: it closes.
      Effect.runFork(process.engine.close)
      this.bury(process)
    })
  }

  /**
   * Nothing can happen by itself any more: do what a person would (resume,
   * signal, raise the limit, break a circle), or report a deadlock.
   */
  protected rescue(): void {
    const process = this.there
    if (process === undefined) return
    if (this.row === undefined) return this.restart()
    if (this.#isWanting) return void this.open(true)
    const [row] = this.openRows
    if (row === undefined) return
    const suspended = this.openRows.find((it) => it.suspended)
    if (suspended !== undefined) {
      return void process.world.fork(Effect.exit(command(process.engine, suspended.id, "resume")))
    }
    // What was written of it was refused: the next process goes on from what is there.
    if (this.openRows.some(({ held }) => held !== null)) {
      for (const living of this.cluster.living) this.bury(living)
      return void this.open()
    }
    const waiting =
      this.openRows.flatMap(({ id, key }) =>
        [...this.disk.nodes.get(key)?.values() ?? []].filter((node) => node.waiting === "Signal")
          .map(({ path }) => ({ id, path }))
      )[0]
    if (waiting !== undefined) {
      return void process.world.fork(
        Effect.exit(command(process.engine, waiting.id, "signal", { node: waiting.path, value: 5 }))
      )
    }
    const limit = answersOf(process.journal).semaphores().find(({ name }) => name === changing.name)?.limit ??
      changing.enough
    if (limit < changing.enough) return this.#setLimit(process, changing.enough)
    if (this.#breakCircle(process)) return
    throw new Error(
      `deadlock at t=${this.cluster.time.now}: ${row.id} is ${row.phase}, owner ${row.owner}, held ${row.held}`
    )
  }

  /** Ended for good: nothing is left to do anywhere, or the failed run was retried and ended again. */
  protected isOver(): boolean {
    const row = this.row
    if (row === undefined || this.openRows.length > 0) return false
    if (this.cluster.living.some(({ world }) => !world.idle)) return false
    const failed = row.phase === "Failed" || row.phase === "Error"
    if (!failed || this.#retries >= 2 || this.#random() < 0.5) return true
    this.#retries++
    this.inspect()
    const process = this.there ?? this.open()
    process.world.fork(Effect.exit(retry(process.engine, row.id, {})))
    return false
  }

  /** The run of the random workflow; its rival may not be there. */
  protected get row(): RunRow | undefined {
    return [...this.disk.runs.values()].find(({ workflow }) => workflow !== "rival")
  }

  #pick<A>(values: ReadonlyArray<A>): A | undefined {
    return values[Math.floor(this.#random() * values.length)]
  }

  protected override inspect(): void {
    super.inspect()
    this.violations.push(...brokenReuse(this.disk))
    const isWhole = this.cluster.processes.every(({ dead }) => !dead)
    this.violations.push(...this.#told?.faults(this.disk, isWhole, this.cluster.jumps === 0) ?? [])
  }
}
