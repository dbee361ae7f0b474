/**
 * One seed: a random manifest under faults and commands, run to its end, then checked. Seeds that are calm get faults
 * but no command and no clock in their outcome: they have to end as they do without any fault.
 */
import { answersOf } from "../../journal/answers.ts"
import * as Effect from "effect/Effect"
import { load, retryManifest, viewRun } from "../../../src/argo/mod.ts"
import { command } from "../../../src/engine/control/command.ts"
import { planOf } from "../../../src/engine/life/plans.ts"
import { start } from "../../../src/engine/life/start.ts"
import { Disk } from "../../../src/journal/Disk.ts"
import { check } from "../../../src/run/invariants.ts"
import { isTerminal } from "../../../src/run/Phase.ts"
import type { RunRow } from "../../../src/run/State.ts"
import type { AnyWorkflow } from "../../../src/workflow/Definition.ts"
import { makeRandom } from "../../../src/testing/World.ts"
import { seeded } from "../../run/random.ts"
import { Cluster, type Process } from "../Cluster.ts"
import { Crashes } from "../Crashes.ts"
import { ManifestGenerator } from "./generate.ts"
import { LeafProbe } from "./leaf.ts"

/** What one seed showed. */
export interface ManifestVerdict {
  readonly violations: ReadonlyArray<string>
  readonly executions: number
  readonly phase: string
  readonly crashes: number
  readonly history: ReadonlyArray<string>
}

const stepLimit = 100_000

/** Plays one seed. */
export const playManifest = async (seed: number): Promise<ManifestVerdict> => {
  const calm = seed % 3 === 0
  const played = await new Scenario(seed, calm, true).play()
  if (!calm || played.verdict.violations.length > 0) return played.verdict
  const quiet = await new Scenario(seed, calm, false).play()
  const differences = difference(quiet.phases, played.phases)
  return { ...played.verdict, violations: [...quiet.verdict.violations, ...differences] }
}

type Phases = Readonly<Record<string, string>>

const difference = (quiet: Phases, faulty: Phases): ReadonlyArray<string> =>
  [...new Set([...Object.keys(quiet), ...Object.keys(faulty)])]
    .filter((name) => quiet[name] !== faulty[name])
    .map((name) => `N10 ${name} is ${faulty[name] ?? "not there"}, without faults ${quiet[name] ?? "not there"}`)

class Scenario {
  readonly #random: () => number
  readonly #disk = new Disk()
  readonly #probe: LeafProbe
  readonly #cluster: Cluster
  readonly #text: string
  readonly #calm: boolean
  readonly #crashes: Crashes
  readonly #commandRate: number
  readonly #violations: Array<string> = []
  readonly #workflows = new Map<Process, AnyWorkflow>()
  #retries = 0

  constructor(seed: number, calm: boolean, faulty: boolean) {
    this.#calm = calm
    this.#text = new ManifestGenerator(seeded(seed)).manifest(calm)
    this.#random = makeRandom(seed)
    this.#probe = new LeafProbe(seed)
    this.#cluster = new Cluster(this.#disk, this.#random, this.#random() * 0.2)
    const rate = faulty && (calm || this.#random() < 0.6) ? this.#random() * 0.15 : 0
    this.#crashes = new Crashes(this.#random, rate)
    this.#commandRate = calm || this.#random() < 0.5 ? 0 : this.#random() * 0.02
    this.#disk.fault = () => this.#crashes.next()
  }

  async play(): Promise<{ readonly verdict: ManifestVerdict; readonly phases: Phases }> {
    try {
      await this.#live()
    } catch (error) {
      this.#violations.push(`broke: ${error instanceof Error ? error.stack : String(error)}`)
    }
    return { verdict: this.#verdict(), phases: this.#phases }
  }

  #verdict(): ManifestVerdict {
    const row = this.#row
    return {
      violations: [...this.#violations, ...this.#probe.violations],
      executions: this.#probe.executions,
      phase: row?.phase ?? "none",
      crashes: this.#crashes.count,
      history: row === undefined ? [this.#text] : [
        this.#text,
        ...[...this.#disk.events.get(row.key)!.values()].map(({ at, data, seq }) => `${seq} t=${at} ${data}`)
      ]
    }
  }

  async #live(): Promise<void> {
    this.#open()
    for (let step = 0; step < stepLimit; step++) {
      this.#keepProcesses()
      if (this.#over()) return this.#inspect()
      if (this.#random() < this.#commandRate) this.#command()
      const moved = this.#cluster.step()
      await turn()
      if (!moved && !this.#busy) this.#rescue()
    }
    this.#violations.push(`livelock: ${stepLimit} steps, run is ${this.#row?.phase}`)
  }

  get #busy(): boolean {
    return this.#cluster.living.some(({ world }) => !world.idle)
  }

  #open(): Process {
    const holder: { process?: Process } = {}
    const templates = this.#probe.leaves(() => ({
      number: holder.process!.journal.process,
      world: holder.process!.world
    }))
    const workflow = load(this.#text, { templates, directory: "/nonexistent" }) as unknown as AnyWorkflow
    const process = this.#cluster.open([workflow], { parallelism: 1_000 })
    holder.process = process
    this.#workflows.set(process, workflow)
    return process
  }

  /** There is always a process that lives, and the run is started until it is durable. */
  #keepProcesses(): void {
    for (const process of this.#cluster.living) {
      const killed = !this.#disk.members.has(process.journal.process)
      const lost = process.engine.lost !== undefined
      if (!killed && lost && process.engine.live.size === 0) Effect.runFork(process.engine.close)
      if (killed || (lost && process.engine.live.size === 0)) this.#bury(process)
    }
    const process = this.#cluster.living[0] ?? this.#open()
    if (this.#row !== undefined || !process.world.idle) return
    process.world.fork(
      Effect.exit(start(process.engine, this.#workflows.get(process)!, { parameters: {} }, { id: "it" }))
    )
  }

  #bury(process: Process): void {
    this.#cluster.kill(process)
    this.#probe.died(process.journal.process)
  }

  #command(): void {
    const row = this.#row
    const process = this.#cluster.living[0]
    if (row === undefined || isTerminal(row.phase) || process === undefined) return
    const draw = this.#random()
    const verb = draw < 0.3 ? "stop" : draw < 0.45 ? "terminate" : draw < 0.75 ? "suspend" : "resume"
    process.world.fork(Effect.exit(command(process.engine, row.id, verb)))
  }

  /** Nothing can happen by itself any more: do what a person would, or report a deadlock. */
  #rescue(): void {
    const process = this.#cluster.living[0]
    const row = this.#row
    if (process === undefined || row === undefined || isTerminal(row.phase)) return
    if (row.suspended) return void process.world.fork(Effect.exit(command(process.engine, row.id, "resume")))
    const waiting = [...this.#disk.nodes.get(row.key)?.values() ?? []].find((node) => node.waiting === "Signal")
    if (waiting === undefined) {
      throw new Error(`deadlock at t=${this.#cluster.time.now}: it is ${row.phase}, held ${row.held}`)
    }
    const signal = command(process.engine, row.id, "signal", { node: waiting.path, value: null })
    process.world.fork(Effect.exit(signal))
  }

  /** Ended for good: nothing is left to do anywhere, or the failed run was retried and ended again. */
  #over(): boolean {
    const row = this.#row
    if (row === undefined || !isTerminal(row.phase) || this.#busy) return false
    const failed = row.phase === "Failed" || row.phase === "Error"
    if (this.#calm || !failed || this.#retries >= 2 || this.#random() < 0.5) return true
    this.#retries++
    this.#inspect()
    const process = this.#cluster.living[0] ?? this.#open()
    process.world.fork(Effect.exit(retryManifest(process.engine, row.id)))
    return false
  }

  get #row(): RunRow | undefined {
    return [...this.#disk.runs.values()][0]
  }

  #inspect(): void {
    const process = this.#cluster.living[0] ?? this.#open()
    const run = this.#row!
    const { engine, journal } = process
    const nodes = new Map(answersOf(journal).nodes(run.key).map((node) => [node.path, node]))
    const plan = planOf(engine.workflows.get(run.workflow)!)
    this.#violations.push(...check({ events: answersOf(journal).events(run.key, 0), rows: { run, nodes }, plan }))
    for (const node of this.#probe.live) this.#violations.push(`N1 ${node} still runs after the end`)
    for (const { path } of answersOf(journal).permits()) {
      this.#violations.push(`N7 ${path} still has a request or permit`)
    }
    for (const [name, phase] of Object.entries(this.#phases)) {
      if (phase === "Pending" || phase === "Running") this.#violations.push(`N9 ${name} is shown as ${phase}`)
    }
    for (const living of this.#cluster.living) {
      if (living.world.fibers > 0) this.#violations.push(`N12 ${living.world.fibers} fibers are left after the end`)
      if (living.engine.live.size > 0) this.#violations.push("N9 an engine still holds the ended run")
    }
  }

  /** Phases of the nodes by their names, as they are shown. */
  get #phases(): Phases {
    const process = this.#cluster.living[0]
    const view = process === undefined || this.#row === undefined
      ? undefined
      : Effect.runSync(viewRun(process.engine, this.#row.id))
    return Object.fromEntries([
      ["the run", view?.phase ?? "none"],
      ...(view?.nodes ?? []).map(({ name, phase }) => [name, phase])
    ])
  }
}

/** Promises of leaves go on. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
