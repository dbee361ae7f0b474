/** The engine as a plain TypeScript app sees it: promises in, promises out, the app's services behind. */
import * as Effect from "effect/Effect"
import { register } from "../engine/life/attach.ts"
import type { Engine } from "../engine/Engine.ts"
import { EngineClosed } from "../engine/EngineError.ts"
import { artifacts, type Collection, type CollectOptions, gc, pin } from "../engine/observe/artifacts.ts"
import { type Stuck, stuck } from "../engine/observe/stuck.ts"
import type { Sweep, SweepOptions } from "../engine/observe/sweep.ts"
import { list, type RunFilter } from "../engine/observe/list.ts"
import { breakPermit, locks, type SemaphoreView, setLimit, type SetLimitOptions } from "../engine/observe/locks.ts"
import { start, type StartOptions } from "../engine/life/start.ts"
import type { ArtifactFilter } from "../journal/ArtifactRows.ts"
import type { ArtifactRow } from "../run/ArtifactRow.ts"
import type { RunRow } from "../run/State.ts"
import type { AnyWorkflow } from "../workflow/Definition.ts"
import type { Runnable } from "../workflow/Runnable.ts"
import { admit, admitOne, defined, duration, path, text } from "../workflow/admit.ts"
import { type DurationInput, millis } from "../workflow/millis.ts"
import type { Workflow } from "../workflow/Workflow.ts"
import { RunHandle } from "./RunHandle.ts"

/** How an engine is closed. */
export interface CloseOptions {
  /** How long live runs may go on first. */
  readonly drain?: DurationInput
}

/** An open engine; `R` are the services it can give to Effect bodies. */
export class Pinnace<in R = never> {
  /** The engine beneath, for tools. */
  readonly engine: Engine
  readonly #dispose: () => Promise<void>
  declare protected readonly "~services": (services: R) => void

  constructor(engine: Engine, dispose: () => Promise<void>) {
    this.engine = engine
    this.#dispose = dispose
  }

  /** Makes workflows known, so that their interrupted runs go on in this process. */
  register(...workflows: ReadonlyArray<Runnable<never, unknown, unknown, R> & { readonly _tag: "Workflow" }>): this {
    register(this.#open("register workflows"), workflows as unknown as ReadonlyArray<AnyWorkflow>)
    return this
  }

  /** Starts a run; resolves once it is durable. Rejects with `InvalidWorkflow`, `InvalidInput`, `RunExists` or `JournalError`. */
  async start<I, O, E>(
    workflow: Workflow<I, O, E, R>,
    ...[input, options]: [I] extends [void] ? [input?: I, options?: StartOptions] : [input: I, options?: StartOptions]
  ): Promise<RunHandle<O>> {
    const erased = workflow as unknown as AnyWorkflow
    return this.#handle<O>(await this.#promise(start(this.engine, erased, input, options)))
  }

  /** Starts a run and waits for its output. */
  async run<I, O, E>(
    workflow: Workflow<I, O, E, R>,
    ...rest: [I] extends [void] ? [input?: I, options?: StartOptions] : [input: I, options?: StartOptions]
  ): Promise<O> {
    return (await this.start(workflow, ...rest)).result()
  }

  /** A handle on a run by id, or `undefined` when the file has none. */
  get(id: string): RunHandle | undefined
  /** The same with the types of its workflow, which is registered; throws when the run is one of another workflow. */
  get<I, O, E>(workflow: Workflow<I, O, E, R>, id: string): RunHandle<O> | undefined
  get(first: string | { readonly name: string }, second?: string): RunHandle<unknown> | undefined {
    const id = typeof first === "string" ? first : second!
    if (typeof first !== "string") admitOne("the workflow of a run that is read", first, defined("Workflow"))
    admitOne("the id of a run that is read", id, text)
    const row = this.#open("read a run").host.journal.findRun(id)
    if (row === undefined || typeof first === "string") return row && this.#handle(row)
    if (row.workflow !== first.name) {
      throw new TypeError(
        `Run "${id}" is a run of "${row.workflow}", not of "${first.name}": get it with that workflow`
      )
    }
    this.register(first as never)
    return this.#handle(row)
  }

  /** Runs, newest first; 100 unless `limit` says otherwise (`Infinity`: all). */
  list(filter: RunFilter = {}): ReadonlyArray<RunRow> {
    return list(this.#open("list runs"), filter)
  }

  /** Artifacts, in the order of their ids; 1,000 unless `limit` says otherwise. */
  artifacts(filter: ArtifactFilter = {}): ReadonlyArray<ArtifactRow> {
    return artifacts(this.#open("read artifacts"), filter)
  }

  /** Deletes artifacts that nothing needs any more and waits until that is done; it happens by itself too. `dryRun` only says what would go. */
  gc(options: CollectOptions = {}): Promise<Collection> {
    return this.#promise(gc(this.engine, options))
  }

  /** Removes bytes that no artifact names, left by processes that died; only those older than `olderThan` milliseconds (default one day). */
  async sweep(options: SweepOptions = {}): Promise<Sweep> {
    const { sweep } = await import("../engine/observe/sweep.ts")
    return this.#promise(sweep(this.engine, options))
  }

  /** Keeps an artifact whatever its strategy says (or, with `false`, no longer); answers whether there is such an artifact. */
  pin(artifact: string, pinned = true): boolean {
    return pin(this.#open("pin an artifact"), artifact, pinned)
  }

  /** Takes a run in that `RunHandle.export` wrote: it can be read, resubmitted and forked, but not retried. */
  async import(file: string): Promise<RunHandle> {
    admitOne("the file of an imported run", file, path)
    const { importRun } = await import("./transfer/importRun.ts")
    return this.#handle(await importRun(this.#open("import a run"), file))
  }

  /** Everything that does not move, with its reason: held, interrupted and suspended runs, nodes that wait for signals, permits or time. */
  stuck(): ReadonlyArray<Stuck> {
    return stuck(this.engine)
  }

  /** Semaphores with their limits, holders and queues. */
  locks(): ReadonlyArray<SemaphoreView> {
    return locks(this.#open("read locks"))
  }

  /** Sets a limit that is kept in the state file (`storedLimit`). */
  setLimit(name: string, limit: number, options: SetLimitOptions = {}): void {
    setLimit(this.#open("set a limit"), name, limit, options)
  }

  /** Takes the permits of a node away by hand; answers whether it had any. Recorded in the node's log. */
  breakPermit(run: string, node: string): boolean {
    return breakPermit(this.#open("break a permit"), run, node)
  }

  /**
   * Closes the engine. With `drain`, live runs may go on for so long first; what still runs then is interrupted without being ended, and
   * goes on when the file is opened again. Safe to call twice.
   */
  async close(options: CloseOptions = {}): Promise<void> {
    const { drain } = admit<CloseOptions>("the options of close", options, { drain: duration })
    if (drain !== undefined && !this.engine.closed) await this.#promise(this.engine.drain(millis(drain)))
    return this.#dispose()
  }

  /** Closes at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #open(what: string): Engine {
    this.engine.mustBeOpen(what)
    return this.engine
  }

  #handle<O>(row: RunRow): RunHandle<O> {
    return new RunHandle<O>(this.engine, this.#promise, row)
  }

  readonly #promise = <A, E>(effect: Effect.Effect<A, E>): Promise<A> =>
    new Promise((resolve, reject) => {
      if (this.engine.closed) return reject(EngineClosed.of("do this"))
      const fiber = Effect.runForkWith(this.engine.host.context)(Effect.result(effect))
      fiber.addObserver((exit) => {
        if (exit._tag === "Failure") reject(defectOf(exit.cause))
        else if (exit.value._tag === "Failure") reject(exit.value.failure)
        else resolve(exit.value.success)
      })
    })
}

const defectOf = (cause: { readonly reasons: ReadonlyArray<unknown> }): unknown => {
  const reason = cause.reasons[0] as { readonly defect?: unknown } | undefined
  return reason?.defect ?? new Error("interrupted")
}
