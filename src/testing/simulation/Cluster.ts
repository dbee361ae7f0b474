/**
 * Simulated processes side by side on one disk: each a world of
 * its own, all on one clock, stepped in an order the seed chooses.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { register } from "../../engine/life/attach.ts"
import type { Engine } from "../../engine/Engine.ts"
import { type EngineOptions, makeEngine } from "../../embed/makeEngine.ts"
import { incarnations } from "../../journal/Incarnations.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import type { JournalShape } from "../../journal/Journal.ts"
import type { Disk } from "../../journal/Disk.ts"
import { kill, openMemory } from "../../journal/memory.ts"
import { setClock, type Time } from "../VirtualClock.ts"
import { World } from "../World.ts"
import { type Answering, answering } from "./answering.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"

/** One simulated process. */
export interface Process<J extends JournalShape = JournalShape> {
  readonly world: World
  readonly journal: J
  readonly engine: Engine
  dead: boolean
}

/** All simulated processes of one seed. */
export class Cluster<J extends JournalShape = JournalShape> {
  readonly time: Time = { now: 1_000_000 }
  readonly processes: Array<Process<J>> = []
  /** The chance that a notice about a rate is lost. */
  loss = 0
  /** The chance that a notice about a rate comes late, and by how many milliseconds at most. */
  lateness = { chance: 0, most: 0 }
  /** The chance, at each step, that the clock is set. */
  jumps = 0
  /** How a process that was declared dead opens the disk again; without it, it is over. */
  again: ((open: () => JournalShape, world: World) => Effect.Effect<JournalShape, JournalError>) | undefined
  /** The number of the process that was opened last: it may work before whoever opens it has it in hand. */
  newest = 0
  /** How storage answers. */
  answers: Answering = "at once"
  #setBack = 0
  readonly #disk: Disk
  readonly #random: () => number
  readonly #preempt: number

  constructor(disk: Disk, random: () => number, preempt: number) {
    this.#disk = disk
    this.#random = random
    this.#preempt = preempt
  }

  /** Opens the disk in a new process that knows the workflows. */
  open(
    workflows: ReadonlyArray<AnyWorkflow>,
    options: EngineOptions,
    services: Context.Context<never> = Context.empty()
  ): Process<J> {
    const world = new World(this.#random, this.time, this.#preempt)
    const numbers: Array<J> = []
    const open = (): JournalShape => {
      const journal = this.opened(openMemory(this.#disk, world.add))
      numbers.push(journal)
      this.newest = journal.process
      return this.#unreliable(this.between(journal, world), world)
    }
    const first = open()
    const journal = this.again === undefined
      ? first
      : incarnations(first, Effect.suspend(() => this.again!(open, world)))
    const engine = makeEngine(journal, Context.merge(services, world.context), { ...options, random: this.#random })
    const process = {
      world,
      engine,
      dead: false,
      get journal() {
        return numbers.at(-1)!
      }
    }
    this.processes.push(process)
    world.fork(register(engine, workflows))
    return process
  }

  /** What a journal of this cluster is. */
  protected opened(journal: JournalShape): J {
    return journal as J
  }

  /** What is between a process and its journal. */
  protected between(journal: J, world: World): JournalShape {
    return answering(journal, world, this.answers)
  }

  /** A journal whose notices about rates may get lost, or come late. */
  #unreliable(journal: JournalShape, world: World): JournalShape {
    if (this.loss === 0 && this.lateness.chance === 0) return journal
    return {
      ...journal,
      subscribe: (listener) =>
        journal.subscribe((notice) => {
          if (notice.type !== "refill") return listener(notice)
          if (this.#random() < this.loss) return
          if (this.#random() >= this.lateness.chance) return listener(notice)
          const wait = Effect.sleep(Math.floor(this.#random() * this.lateness.most))
          world.fork(Effect.andThen(wait, Effect.sync(() => listener(notice))))
        })
    }
  }

  /** Ends a process as SIGKILL does. */
  kill(process: Process<J>): void {
    process.dead = true
    kill(process.journal)
  }

  /** The processes that live. */
  get living(): ReadonlyArray<Process<J>> {
    return this.processes.filter((process) => !process.dead)
  }

  /** Wakes the sleeper that is due next, wherever it is, although others could still run. */
  ring(): void {
    const next = this.living.reduce((least, { world }) => Math.min(least, world.nextWake), Infinity)
    this.living.find(({ world }) => world.nextWake === next)?.world.ring()
  }

  /** An hour either way, or just a little. */
  #jump(): void {
    const most = this.#random() < 0.5 ? 3_600_000 : 200
    const by = Math.floor((this.#random() - 0.5) * 2 * most)
    if (by < 0) this.#setBack++
    setClock(this.time, by)
  }

  /** What the checkers go by. */
  get clocks(): { readonly now: number; readonly elapsed: number; readonly setbacks: number } {
    return { now: this.time.now, elapsed: this.elapsed, setbacks: this.setbacks }
  }

  /** How often something happened that makes a wait begin anew: the clock was set back, or a process died. */
  get setbacks(): number {
    return this.#setBack + this.processes.filter(({ dead }) => dead).length
  }

  /** Milliseconds that have passed, however often the clock was set meanwhile. */
  get elapsed(): number {
    return this.time.now - (this.time.set ?? 0)
  }

  /** Takes one step somewhere; answers false when nothing can happen any more. */
  step(): boolean {
    if (this.jumps > 0 && this.#random() < this.jumps) this.#jump()
    const busy = this.living.filter(({ world }) => world.busy)
    if (busy.length > 0) return busy[Math.floor(this.#random() * busy.length)]!.world.step()
    const next = this.living.reduce((least, { world }) => Math.min(least, world.nextWake), Infinity)
    if (next === Infinity) return false
    return this.living.find(({ world }) => world.nextWake === next)!.world.step()
  }
}
