/**
 * One seed, whoever's workflows it plays: processes side by side on one disk that crash and are replaced, until nothing
 * is left to do; then everything that was recorded is checked.
 *
 * Owns: the disk, what was found. Does not own: the processes (`Cluster`), which workflows run and
 * which faults happen (subclasses), the checks over events (`run/invariants.ts`).
 */
import * as Effect from "effect/Effect"
import { planOf } from "../../engine/life/plans.ts"
import { Disk } from "../../journal/Disk.ts"
import { readEvents } from "../../journal/diskReads.ts"
import type { JournalShape } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { check } from "../../run/invariants.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import type { Cluster, Process } from "./Cluster.ts"
import { Probe } from "./Probe.ts"

/** One seed. */
export abstract class Simulation<J extends JournalShape = JournalShape> {
  protected readonly disk: Disk = new Disk()
  protected readonly probe: Probe = new Probe(this.disk)
  protected readonly violations: Array<string> = []
  protected abstract readonly cluster: Cluster<J>

  /** Opens a process and starts the run. */
  protected abstract begin(): void
  /** Opens a process that knows the workflows. */
  protected abstract open(): Process<J>
  /** Starts the run again whose start was lost in a crash. */
  protected abstract restart(): void
  /** What happens besides, before a step: commands, visitors, a look. */
  protected abstract act(): void
  /** Does what a person would when nothing can happen by itself any more; throws when that is nothing. */
  protected abstract rescue(): void
  /** Whether all is over. */
  protected abstract isOver(): boolean
  /** The run that is played. */
  protected abstract get row(): RunRow | undefined
  /** Whether a process that the disk does not know is there still, and comes back under another number. */
  protected comesBack(_: Process<J>): boolean {
    return false
  }
  /** Whether a process may end with this error. */
  protected mayEnd(error: JournalError): boolean {
    return error.reason === "Io"
  }
  /** How many steps are too many. */
  protected get stepLimit(): number {
    return 100_000
  }
  /** Whether bodies outside of simulated time may have something to say. */
  protected awaits(): boolean {
    return false
  }

  /** Plays to the end; hands over whenever bodies outside of simulated time may go on. */
  protected *live(): Generator<void> {
    this.begin()
    for (let step = 0; step < this.stepLimit; step++) {
      this.#keepProcesses()
      while (this.awaits()) {
        yield
        // Meanwhile one may have ended that lost its storage.
        this.#keepProcesses()
      }
      if (this.isOver()) return this.inspect()
      this.act()
      if (this.cluster.step()) continue
      // What was just done may have ended one that had nothing more to do.
      this.#keepProcesses()
      if (!this.cluster.step()) this.rescue()
    }
    this.violations.push(`livelock: ${this.stepLimit} steps, run is ${this.row?.phase}`)
  }

  /** What was recorded of the run, a line for each event. */
  protected get history(): ReadonlyArray<string> {
    const events = this.row === undefined ? undefined : this.disk.events.get(this.row.key)
    return [...events?.values() ?? []].map(({ at, data, seq }) => `${seq} t=${at} ${data}`)
  }

  /** A process that was killed or lost its storage is replaced, so that there is always one that lives. */
  #keepProcesses(): void {
    for (const process of this.cluster.living) {
      const killed = !this.disk.members.has(process.journal.process) && !this.comesBack(process)
      const lost = process.engine.fault
      if (!killed && lost !== undefined && !this.mayEnd(lost)) {
        this.violations.push(`N17 a process was lost: ${lost.message}`)
      }
      if (killed) this.bury(process)
      else if (process.engine.fault !== undefined && process.engine.live.size === 0) {
        Effect.runFork(process.engine.close)
        this.bury(process)
      }
    }
    const isComing = this.cluster.living.some((it) => it.engine.takesOver && this.comesBack(it))
    if (this.there === undefined && !isComing) this.open()
    // The crash came before the run was durable: its author starts it again.
    if (this.row === undefined && this.cluster.living.every(({ world }) => world.idle)) this.restart()
  }

  /** A process that may own runs. */
  protected get there(): Process<J> | undefined {
    return this.cluster.living.find(({ engine, journal }) => engine.takesOver && this.disk.members.has(journal.process))
  }

  /** A process is no more. */
  protected bury(process: Process<J>): void {
    this.cluster.kill(process)
    this.probe.died(process.journal.process)
  }

  /** Runs that have not ended. */
  protected get openRows(): ReadonlyArray<RunRow> {
    return [...this.disk.runs.values()].filter(({ phase }) => !isTerminal(phase))
  }

  /** Checks what is left when all is over. */
  protected inspect(): void {
    const process = this.there ?? this.open()
    for (const row of this.disk.runs.values()) this.violations.push(...this.#broken(process, row))
    if (this.probe.live.size > 0) {
      this.violations.push(`N1 bodies still run after the end: ${[...this.probe.live.keys()].join(", ")}`)
    }
    for (const { path } of Effect.runSync(process.journal.reads.permits())) {
      this.violations.push(`N7 ${path} still has a request or permit`)
    }
    for (const { engine, world } of this.cluster.living) {
      if (world.fibers > 0) this.violations.push(`N12 ${world.fibers} fibers are left after the end`)
      if (engine.live.size > 0) this.violations.push("N9 an engine still holds the ended run")
    }
  }

  #broken({ engine }: Process<J>, run: RunRow): ReadonlyArray<string> {
    const nodes = this.disk.nodes.get(run.key) ?? new Map()
    return check({
      events: readEvents(this.disk, run.key, 0),
      rows: { run, nodes },
      plan: planOf(engine.workflows.get(run.workflow)!)
    })
  }
}
