// deno-lint-ignore-file no-explicit-any -- erased types meet typed ones here
/**
 * An engine for users' own tests: in memory, on virtual time, with
 * task bodies that can be replaced and failures that can be injected.
 *
 * Owns: a disk in memory, a virtual clock, replacements of bodies. Does not own: the engine, which is the real one.
 */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type { CacheMode } from "../run/cacheMode.ts"
import { registerNow } from "../engine/life/attach.ts"
import { type EngineOptions, makeEngine } from "../embed/makeEngine.ts"
import { memoryStore } from "../store/memory.ts"
import { Pinnace } from "../embed/Pinnace.ts"
import type { RunHandle } from "../embed/RunHandle.ts"
import { Disk } from "../journal/Disk.ts"
import type { JournalShape } from "../journal/Journal.ts"
import { immediate } from "../journal/immediate.ts"
import { kill, openMemory } from "../journal/memory.ts"
import { isTerminal } from "../run/Phase.ts"
import { keepSchedules } from "../schedule/keep.ts"
import type { SomeSchedule } from "../schedule/kept.ts"
import type { AnyTask, AnyWorkflow } from "../workflow/Definition.ts"
import type { DurationInput } from "../workflow/millis.ts"
import type { Runnable } from "../workflow/Runnable.ts"
import { BuiltServices } from "./BuiltServices.ts"
import type { FakeBody, Replaceable } from "./FakeBody.ts"
import { type TestLayer, testLayer } from "./testLayer.ts"
import type { VirtualClock } from "./VirtualClock.ts"

/** What the process that opens the state again knows. */
export interface CrashOptions {
  /** Default those of the one that ended. */
  readonly workflows?: ReadonlyArray<TestWorkflow>
  /** As for `open`. */
  readonly revive?: NonNullable<EngineOptions["revive"]>
}

/** How a test engine begins. */
export interface TestEngineOptions<R = any, E = unknown> {
  /** The first instant, in milliseconds since the epoch; default 2026-01-01T00:00:00Z. */
  readonly startAt?: number
  /**
   * The services of Effect bodies. They are built once and stand
   * for the world outside, so a crash leaves them as they are.
   */
  readonly layer?: Layer.Layer<R, E>
  /** Whether results of tasks with `cache` are reused; default `"off"`, so that each run works. */
  readonly cache?: CacheMode
  /** Schedules that it keeps, as `open({ schedules })` does; they are kept again after a crash. */
  readonly schedules?: ReadonlyArray<SomeSchedule>
}

/** Any workflow. */
export type TestWorkflow = Runnable<any, any, any, any> & { readonly _tag: "Workflow" }

type Turn = () => Promise<void>

const turn: Turn = () => new Promise((resolve) => void immediate(resolve))

/**
 * How many turns of the event loop without news count as settled;
 * Promise bodies that only await other promises need a few.
 */
const quietTurns = 5

/**
 * An engine on virtual time; `R` are the services it can give to Effect
 * bodies. Without a layer nobody asks, since bodies can be replaced.
 */
export class TestEngine<in R = any> {
  /** The virtual time of the engine, which moves only when the test says so. */
  readonly clock: VirtualClock
  /** The engine as an app sees it; another one after `crash`. */
  pinnace: Pinnace<R>
  readonly #store = memoryStore()
  readonly #disk = new Disk()
  readonly #fakes = new Map<AnyTask, AnyTask["run"]>()
  readonly #services: BuiltServices
  readonly #cache: CacheMode
  readonly #schedules: ReadonlyArray<SomeSchedule>
  #journal: JournalShape

  /** A layer has to be one that is built at once; `make` waits for any other. */
  constructor(
    options: TestEngineOptions<R> | BuiltServices = {},
    cache: CacheMode = "off",
    schedules: ReadonlyArray<SomeSchedule> = []
  ) {
    const isBuilt = options instanceof BuiltServices
    this.#services = isBuilt ? options : BuiltServices.atOnce(options)
    this.#cache = isBuilt ? cache : options.cache ?? cache
    this.clock = this.#services.clock
    this.#schedules = isBuilt ? schedules : options.schedules ?? schedules
    this.#journal = this.#openJournal()
    this.pinnace = this.#open()
    keepSchedules(this.pinnace.engine, this.#schedules)
  }

  /**
   * A test engine with services that take time to be built; virtual
   * time passes meanwhile. Rejects with the error of the layer.
   */
  static async make<R, E>(options: TestEngineOptions<R, E>): Promise<TestEngine<R>> {
    return new TestEngine<R>(await BuiltServices.inTime(options, turn), options.cache, options.schedules)
  }

  /**
   * A test engine for Effect tests, such as those of `@effect/vitest`: the engine as `PinnaceEngine.with<R>()`, and
   * `TestControl` for all that a test does to it. The test has its own clock; that of the engine moves when
   * `TestControl` moves it.
   */
  static readonly layer: TestLayer = testLayer(({ startAt }, context) =>
    new TestEngine(BuiltServices.given(startAt === undefined ? {} : { startAt }, context))
  )

  /** Replaces the body of a task from now on. */
  replace<I, O, E>(task: Replaceable<I, O, E>, body: FakeBody<I, O>): this {
    this.#fakes.set(task as unknown as AnyTask, body)
    return this
  }

  /** Makes the next attempts of a task, in any node, fail with these errors, one each; then its body runs again. */
  failNext<I, O, E>(
    task: Replaceable<I, O, E>,
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
    const until = this.clock.instantIn(duration)
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

  /**
   * Lets time pass until the run has ended, then gives its result;
   * rejects with the run's error, or says what it waits for for ever.
   */
  async finish<O>(run: RunHandle<O>): Promise<O> {
    await this.untilEnded(run)
    return run.result()
  }

  /** Lets time pass until the run has ended, however; rejects when it waits for ever, and says what for. */
  async untilEnded(run: RunHandle<unknown>): Promise<void> {
    await this.settle()
    while (!isTerminal((await run.status()).phase)) {
      if (this.clock.nextWake === Infinity) throw new Error(`Run "${run.id}" waits for ever: ${await describe(run)}`)
      this.clock.wakeNext()
      await this.settle()
    }
  }

  /**
   * Ends the process as kill -9 does and opens the state again in
   * a new one, with the same workflows registered, or with these.
   */
  async crash(options: CrashOptions = {}): Promise<void> {
    const workflows = options.workflows ?? [...this.pinnace.engine.workflows.values()]
    kill(this.#journal)
    await Effect.runPromise(this.pinnace.engine.abandon)
    this.#journal = this.#openJournal()
    this.pinnace = this.#open(options)
    registerNow(this.pinnace.engine, workflows as ReadonlyArray<AnyWorkflow>)
    keepSchedules(this.pinnace.engine, this.#schedules)
  }

  /** Closes the engine, then its services. */
  async close(): Promise<void> {
    await this.pinnace.close()
    await this.#services.close()
  }

  #openJournal(): JournalShape {
    return openMemory(this.#disk, immediate)
  }

  #open({ revive = {} }: CrashOptions = {}): Pinnace<R> {
    const engine = makeEngine(this.#journal, this.#services.context, {
      bodyOf: (task) => this.#fakes.get(task) ?? task.run,
      random: () => 0.5,
      // Tests do not depend on each other.
      cache: { default: this.#cache },
      revive,
      artifacts: { store: this.#store }
    })
    return new Pinnace(engine)
  }
}

const describe = async (run: RunHandle<unknown>): Promise<string> =>
  (await run.why()).map(({ because, path }) => `${path === "" ? "the run" : path} (${because})`).join(", ")
