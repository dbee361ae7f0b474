// deno-lint-ignore-file no-explicit-any -- erased types meet typed ones here
/**
 * An engine for users' own tests: in memory, on virtual time, with task bodies that can be replaced and failures that can be injected.
 *
 * Owns: a disk in memory, a virtual clock, replacements of bodies. Does not own: the engine, which is the real one.
 */
import * as Effect from "effect/Effect"
import { register } from "../engine/life/attach.ts"
import { type EngineOptions, makeEngine } from "../embed/makeEngine.ts"
import { memoryStore } from "../store/memory.ts"
import { Pinnace } from "../embed/Pinnace.ts"
import type { RunHandle } from "../embed/RunHandle.ts"
import { Disk } from "../journal/Disk.ts"
import type { JournalShape } from "../journal/Journal.ts"
import { immediate, ownServices } from "../journal/immediate.ts"
import { kill, openMemory } from "../journal/memory.ts"
import { isTerminal } from "../run/Phase.ts"
import type { AnyTask, AnyWorkflow } from "../workflow/Definition.ts"
import { type DurationInput, millis } from "../workflow/millis.ts"
import type { Runnable } from "../workflow/Runnable.ts"
import type { TaskContext } from "../workflow/TaskContext.ts"
import { VirtualClock } from "./VirtualClock.ts"

/** A body that replaces another one. */
export type FakeBody<I, O> = (input: I, context: TaskContext) => O | Promise<O> | Effect.Effect<O, unknown>

/** What the process that opens the state again knows. */
export interface CrashOptions {
  /** Default those of the one that ended. */
  readonly workflows?: ReadonlyArray<TestWorkflow>
  /** As for `open`. */
  readonly revive?: NonNullable<EngineOptions["revive"]>
}

/** Any workflow. */
export type TestWorkflow = Runnable<any, any, any, any> & { readonly _tag: "Workflow" }

type Turn = () => Promise<void>

const turn: Turn = () => new Promise((resolve) => void immediate(resolve))

/** How many turns of the event loop without news count as settled; Promise bodies that only await other promises need a few. */
const quietTurns = 5

/** An engine on virtual time. */
export class TestEngine {
  readonly clock: VirtualClock
  /** The engine as an app sees it; another one after `crash`. */
  pinnace: Pinnace<any>
  readonly #store = memoryStore()
  readonly #disk = new Disk()
  readonly #fakes = new Map<AnyTask, AnyTask["run"]>()
  #journal: JournalShape

  /** `startAt` is the first instant, in milliseconds since the epoch; default 2026-01-01T00:00:00Z. */
  constructor(options: { readonly startAt?: number } = {}) {
    this.clock = new VirtualClock({ now: options.startAt ?? 1_767_225_600_000 })
    this.#journal = this.#openJournal()
    this.pinnace = this.#open()
  }

  /** Replaces the body of a task from now on. */
  replace<I, O, E, R>(task: Runnable<I, O, E, R> & { readonly _tag: "Task" }, body: FakeBody<I, O>): this {
    this.#fakes.set(task as unknown as AnyTask, body)
    return this
  }

  /** Makes the next attempts of a task, in any node, fail with these errors, one each; then its body runs again. */
  failNext<I, O, E, R>(
    task: Runnable<I, O, E, R> & { readonly _tag: "Task" },
    ...errors: ReadonlyArray<E | Error>
  ): this {
    const erased = task as unknown as AnyTask
    const before = this.#fakes.get(erased) ?? erased.run
    const queue = [...errors]
    this.#fakes.set(erased, (input, context) => queue.length > 0 ? Effect.fail(queue.shift()) : before(input, context))
    return this
  }

  /** Lets virtual time pass; everything due in it happens, in order. */
  async skip(duration: DurationInput): Promise<void> {
    const until = this.clock.time.now + millis(duration)
    await this.settle()
    while (this.clock.nextWake <= until) {
      this.clock.wakeNext()
      await this.settle()
    }
    this.clock.time.now = until
  }

  /** Waits until nothing happens any more without time passing. */
  async settle(): Promise<void> {
    let before = -1
    for (let quiet = 0; quiet < quietTurns;) {
      await turn()
      quiet = before === this.#disk.groups ? quiet + 1 : 0
      before = this.#disk.groups
    }
  }

  /** Lets time pass until the run has ended, then gives its result; rejects with the run's error, or says what it waits for for ever. */
  async finish<O>(run: RunHandle<O>): Promise<O> {
    await this.settle()
    while (!isTerminal(run.status().phase)) {
      if (this.clock.nextWake === Infinity) throw new Error(`Run "${run.id}" waits for ever: ${describe(run)}`)
      this.clock.wakeNext()
      await this.settle()
    }
    return run.result()
  }

  /** Ends the process as kill -9 does and opens the state again in a new one, with the same workflows registered, or with these. */
  async crash(options: CrashOptions = {}): Promise<void> {
    const workflows = options.workflows ?? [...this.pinnace.engine.workflows.values()]
    kill(this.#journal)
    await Effect.runPromise(this.pinnace.engine.abandon)
    this.#journal = this.#openJournal()
    this.pinnace = this.#open(options)
    register(this.pinnace.engine, workflows as ReadonlyArray<AnyWorkflow>)
  }

  /** Closes the engine. */
  close(): Promise<void> {
    return this.pinnace.close()
  }

  #openJournal(): JournalShape {
    return openMemory(this.#disk, immediate)
  }

  #open({ revive = {} }: CrashOptions = {}): Pinnace<any> {
    const engine = makeEngine(this.#journal, ownServices(this.clock), {
      bodyOf: (task) => this.#fakes.get(task) ?? task.run,
      random: () => 0.5,
      revive,
      artifacts: { store: this.#store }
    })
    return new Pinnace(engine, () => Effect.runPromise(engine.close))
  }
}

const describe = (run: RunHandle<unknown>): string =>
  run.why().map(({ because, path }) => `${path === "" ? "the run" : path} (${because})`).join(", ")
