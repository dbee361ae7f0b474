/**
 * The engine as a plain TypeScript app sees it: the Effect service
 * with promises, since storage may answer from another machine.
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Engine } from "../engine/Engine.ts"
import { RunExists, RunNotFound } from "../engine/EngineError.ts"
import type { ArtifactFilter, Collection, CollectOptions } from "../engine/observe/artifacts.ts"
import type { RunCount, RunFilter } from "../engine/observe/list.ts"
import type { PhaseCounts } from "../run/Phase.ts"
import type { CacheView } from "../engine/observe/cache.ts"
import type { ForgetFilter, Forgotten } from "../engine/observe/forget.ts"
import type { CacheExplanation } from "../engine/observe/explain.ts"
import type { SemaphoreView, SetLimitOptions } from "../engine/observe/locks.ts"
import type { Stuck } from "../engine/observe/stuck.ts"
import type { Sweep, SweepOptions } from "../engine/observe/sweep.ts"
import type { Health } from "../engine/observe/health.ts"
import type { Actor } from "../run/actor.ts"
import type { Deed } from "../run/deed.ts"
import type { AuditFilter } from "../engine/observe/audit.ts"
import type { ArtifactView, RunView } from "../run/view.ts"
import { registerNow } from "../engine/life/attach.ts"
import type { CloseOptions } from "../engine/life/close.ts"
import type { AnyWorkflow } from "../workflow/Definition.ts"
import type { ScheduleStatus } from "../schedule/reads.ts"
import type { Schedule } from "../schedule/Schedule.ts"
import type { Workflow } from "../workflow/Workflow.ts"
import type { EffectRun } from "./EffectRun.ts"
import { engineService } from "./engineService.ts"
import type { PinnaceEngineShape, ServedWorkflow, StartArguments } from "./PinnaceEngine.ts"
import { RunHandle } from "./RunHandle.ts"
import { type Running, running } from "./running.ts"
import { ScheduleHandle } from "./ScheduleHandle.ts"

/** An open engine; `R` are the services it can give to Effect bodies. */
export class Pinnace<in R = never> {
  /** The engine beneath, for tools. */
  readonly engine: Engine
  readonly #service: PinnaceEngineShape<R>
  readonly #running: Running
  readonly #dispose: () => Promise<void>
  /** Exists for the type checker only. */
  declare protected readonly "~services": (services: R) => void

  /**
   * `dispose` gives back what stands behind the engine, once it was closed;
   * `context` has the references that whoever asks is run with.
   */
  constructor(
    engine: Engine,
    dispose: () => Promise<void> = () => Promise.resolve(),
    context: Context.Context<never> = engine.host.context
  ) {
    this.engine = engine
    this.#service = engineService<R>(engine)
    this.#running = running(context, (error) => this.#told(error))
    this.#dispose = dispose
  }

  /**
   * The same engine for somebody else, whose name is recorded with what is started and done through it: `audit` tells.
   * It is a record of what the app says, not a proof. Throws `InvalidValue`.
   */
  as(actor: string | Actor): Pinnace<R> {
    return new Pinnace(this.engine, this.#dispose, this.#running.as(actor).services)
  }

  /** What was done about runs and limits, and by whom, the latest first; 100 unless `limit` says otherwise. */
  audit(filter?: AuditFilter): Promise<ReadonlyArray<Deed>> {
    return this.#running.promise(this.#service.audit(filter))
  }

  /** Makes workflows known, so that their interrupted runs go on in this process. */
  register(...workflows: ReadonlyArray<ServedWorkflow<R>>): this {
    registerNow(this.engine, workflows as unknown as ReadonlyArray<AnyWorkflow>)
    return this
  }

  /**
   * Starts a run; resolves once it is durable. Rejects with
   * `InvalidWorkflow`, `InvalidInput`, `RunExists` or `JournalError`.
   */
  start<I, O, E>(workflow: Workflow<I, O, E, R>, ...rest: StartArguments<I>): Promise<RunHandle<O>> {
    return this.#handle(this.#service.start(workflow, ...rest))
  }

  /** Starts a run and waits for its output. */
  run<I, O, E>(workflow: Workflow<I, O, E, R>, ...rest: StartArguments<I>): Promise<O> {
    return this.#running.promise(this.#service.run(workflow, ...rest))
  }

  /** A handle on the run with this id, or `undefined` when the file has no such run. */
  get(id: string): Promise<RunHandle | undefined>
  /** The same with the types of its workflow, which is registered; rejects when the run is one of another workflow. */
  get<I, O, E>(workflow: Workflow<I, O, E, R>, id: string): Promise<RunHandle<O> | undefined>
  async get(...args: [string] | [Workflow<never, unknown, unknown, R>, string]): Promise<RunHandle<never> | undefined> {
    try {
      const run = args.length === 1 ? this.#service.get(args[0]) : this.#service.get(args[0], args[1])
      return await this.#handle(run as Effect.Effect<EffectRun<never>>)
    } catch (error) {
      if (error instanceof RunNotFound) return undefined
      throw error
    }
  }

  /** Runs, newest first; 100 unless `limit` says otherwise (`Infinity`: all). */
  list(filter?: RunFilter): Promise<ReadonlyArray<RunView>> {
    return this.#running.promise(this.#service.list(filter))
  }

  /** How many runs are in which phase, of those that fit; a phase that none is in is absent. */
  counts(filter?: RunCount): Promise<PhaseCounts> {
    return this.#running.promise(this.#service.counts(filter))
  }

  /** Artifacts, in the order of their ids; 1,000 unless `limit` says otherwise. */
  artifacts(filter?: ArtifactFilter): Promise<ReadonlyArray<ArtifactView>> {
    return this.#running.promise(this.#service.artifacts(filter))
  }

  /**
   * Deletes artifacts that nothing needs any more and waits until that
   * is done; it happens by itself too. `dryRun` only says what would go.
   */
  gc(options?: CollectOptions): Promise<Collection> {
    return this.#running.promise(this.#service.gc(options))
  }

  /**
   * Removes bytes that no artifact names, left by processes that died;
   * only those older than `olderThan` milliseconds (default one day).
   */
  sweep(options?: SweepOptions): Promise<Sweep> {
    return this.#running.promise(this.#service.sweep(options))
  }

  /**
   * Keeps an artifact whatever its strategy says (or, with `false`,
   * no longer); answers whether there is such an artifact.
   */
  pin(artifact: string, pinned?: boolean): Promise<boolean> {
    return this.#running.promise(this.#service.pin(artifact, pinned))
  }

  /** Whether the engine lives and may be sent work, and why not; never rejects. */
  health(): Promise<Health> {
    return this.#running.promise(this.#service.health())
  }

  /**
   * Writes a whole copy of the state file, without its artifacts, while runs go on; the target must not exist. It has
   * its name once it is complete, checked and on the disk. `pinnace restore` makes a state file of it. Rejects with
   * `JournalError`.
   */
  backup(file: string): Promise<void> {
    return this.#running.promise(this.#service.backup(file))
  }

  /** Takes a run in that `RunHandle.export` wrote: it can be read, resubmitted and forked, but not retried. */
  import(file: string): Promise<RunHandle> {
    return this.#handle(this.#service.import(file))
  }

  /**
   * Everything that does not move, with its reason: held, interrupted
   * and suspended runs, nodes that wait for signals, permits or time.
   */
  stuck(): Promise<ReadonlyArray<Stuck>> {
    return this.#running.promise(this.#service.stuck())
  }

  /** A handle on a schedule, by itself or by its name. */
  schedule(which: Schedule<R> | string): ScheduleHandle {
    return new ScheduleHandle(Effect.runSync(this.#service.schedule(which)), this.#running)
  }

  /** All schedules of the state file, and those that are kept here, by name. */
  schedules(): Promise<ReadonlyArray<ScheduleStatus>> {
    return this.#running.promise(this.#service.schedules())
  }

  /** What is remembered of tasks with `cache` and of memoized templates, by name. */
  remembered(): Promise<ReadonlyArray<CacheView>> {
    return this.#running.promise(this.#service.remembered())
  }

  /** Why the nodes of a run whose results may be reused, or one of them, were computed, or what they reused. */
  explain(run: string, node?: string): Promise<ReadonlyArray<CacheExplanation>> {
    return this.#running.promise(this.#service.explain(run, node))
  }

  /** Forgets remembered results; answers how much that is. Artifacts that only they kept are deleted soon. */
  forget(filter?: ForgetFilter): Promise<Forgotten> {
    return this.#running.promise(this.#service.forget(filter))
  }

  /** Semaphores with their limits, holders and queues. */
  locks(): Promise<ReadonlyArray<SemaphoreView>> {
    return this.#running.promise(this.#service.locks())
  }

  /** Sets a limit that is kept in the state file (`storedLimit`). */
  setLimit(name: string, limit: number, options?: SetLimitOptions): Promise<void> {
    return this.#running.promise(this.#service.setLimit(name, limit, options))
  }

  /** Takes the permits of a node away by hand; answers whether it had any. Recorded in the node's log. */
  breakPermit(run: string, node: string): Promise<boolean> {
    return this.#running.promise(this.#service.breakPermit(run, node))
  }

  /**
   * Closes the engine. With `drain`, live runs may go on for so long first; what still runs then is interrupted without
   * being ended, and goes on when the file is opened again. Safe to call twice.
   */
  async close(options?: CloseOptions): Promise<void> {
    await this.#running.promise(this.#service.close(options))
    await this.#dispose()
  }

  /** Closes at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Callers hold runs by handles, so a run that exists is told as one. */
  #told(error: unknown): unknown {
    return error instanceof RunExists ? error.with(new RunHandle(error.run as EffectRun, this.#running)) : error
  }

  async #handle<O, E, F>(run: Effect.Effect<EffectRun<O, E>, F>): Promise<RunHandle<O>> {
    return new RunHandle<O>(await this.#running.promise(run), this.#running)
  }
}
