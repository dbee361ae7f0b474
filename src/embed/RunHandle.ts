/**
 * A run as an app holds it: what `EffectRun` can do, with promises and
 * async iterators.
 */
import * as Stream from "effect/Stream"
import type { CompensationPlan, CompensationPreview } from "../engine/life/compensate.ts"
import type { MigrateOptions } from "../engine/life/migrate.ts"
import type { MigrationPlan } from "../engine/life/migration.ts"
import type { RetryPlan, RetryRequest } from "../engine/life/resets.ts"
import type { RemoveOptions } from "../engine/life/remove.ts"
import type { ResubmitRequest } from "../engine/life/resubmit.ts"
import type { Answer, TerminateOptions } from "../engine/control/Answer.ts"
import type { StoredDefinition } from "../engine/observe/definition.ts"
import type { NodesOptions } from "../engine/observe/observe.ts"
import type { Awaited } from "../engine/observe/waitFor.ts"
import type { Why } from "../engine/observe/why.ts"
import type { Actor } from "../run/actor.ts"
import type { ArtifactView, LogView, NodeView, RunView } from "../run/view.ts"
import type { Ending, Recorded } from "../run/Event.ts"
import type { EffectRun, RunOutcome, SignalValue } from "./EffectRun.ts"
import type { AnySignal } from "../workflow/Signal.ts"
import type { Running } from "./running.ts"

/** A handle on one run with output `O`; holding it costs nothing, and any number may exist. */
export class RunHandle<O = unknown> {
  /** The id of the run. */
  readonly id: string
  readonly #run: EffectRun<O>
  readonly #running: Running

  /** Makes a handle on promises of one on Effects; apps get theirs of an engine. */
  constructor(run: EffectRun<O>, running: Running) {
    this.id = run.id
    this.#run = run
    this.#running = running
  }

  /** The same run for somebody else, whose name is recorded with what is done through it. Throws `InvalidValue`. */
  as(actor: string | Actor): RunHandle<O> {
    return new RunHandle(this.#run, this.#running.as(actor))
  }

  /** The run as it is now; rejects with `RunNotFound` when the run was deleted. */
  status(): Promise<RunView> {
    return this.#running.promise(this.#run.status)
  }

  /** The output, once the run succeeded; rejects with its typed error, or with `RunFailed`. */
  result(): Promise<O> {
    return this.#running.promise(this.#run.result)
  }

  /** How the run ended, whatever the phase; never rejects because of the work itself. */
  ending(): Promise<Ending> {
    return this.#running.promise(this.#run.ending)
  }

  /** How the run ended, with its output where it succeeded; never rejects because of the work itself. */
  outcome(): Promise<RunOutcome<O>> {
    return this.#running.promise(this.#run.outcome)
  }

  /**
   * Waits until a node has ended, is in a phase (`"Running"`: has begun),
   * or waits for something (`"waiting"`), and gives it as it is then.
   * Rejects with `Refused` once it cannot get there any more.
   */
  waitFor(node: string, until?: Awaited): Promise<NodeView> {
    return this.#running.promise(this.#run.waitFor(node, until))
  }

  /** Events after sequence number `after` (default: from the beginning), live, until the run ends. */
  events(after?: number): AsyncIterable<Recorded> {
    return Stream.toAsyncIterableWith(this.#run.events(after), this.#running.services)
  }

  /** All nodes that began or ended, in that order; `values` adds inputs and outputs. */
  nodes(options?: NodesOptions): Promise<ReadonlyArray<NodeView>> {
    return this.#running.promise(this.#run.nodes(options))
  }

  /** Kept log lines of the run, or of one node. */
  logs(node?: string): Promise<ReadonlyArray<LogView>> {
    return this.#running.promise(this.#run.logs(node))
  }

  /** What its nodes have saved. */
  artifacts(): Promise<ReadonlyArray<ArtifactView>> {
    return this.#running.promise(this.#run.artifacts)
  }

  /**
   * The definition that is kept for the run, where it is data: it goes on with this one, whatever became of the file.
   */
  definition(): Promise<StoredDefinition | undefined> {
    return this.#running.promise(this.#run.definition)
  }

  /** Why the run, or one of its nodes, is not running. */
  why(node?: string): Promise<ReadonlyArray<Why>> {
    return this.#running.promise(this.#run.why(node))
  }

  /** Ends the main part, then runs exit handlers; idempotent. */
  stop(message?: string): Promise<Answer> {
    return this.#running.promise(this.#run.stop(message))
  }

  /**
   * Ends everything at once, exit handlers included; scoped finalizers still run. With `compensate: true` what was done
   * is undone before the run ends. Text is the message.
   */
  terminate(how?: TerminateOptions | string): Promise<Answer> {
    return this.#running.promise(this.#run.terminate(how))
  }

  /** Lets nothing new begin; what runs goes on. */
  suspend(): Promise<Answer> {
    return this.#running.promise(this.#run.suspend)
  }

  /** Lets a suspended run go on. */
  resume(): Promise<Answer> {
    return this.#running.promise(this.#run.resume)
  }

  /**
   * Gives a waiting node its value: a signal with a value of its
   * type, or the node's path with the JSON form of its schema.
   */
  signal<S extends AnySignal | string>(to: S, ...value: SignalValue<S>): Promise<Answer> {
    return this.#running.promise(this.#run.signal(to, ...value))
  }

  /** Approves a waiting node that asks for no value. */
  approve(node: string): Promise<Answer> {
    return this.#running.promise(this.#run.approve(node))
  }

  /** What `retry` would run again, and why. */
  planRetry(request?: RetryRequest): Promise<RetryPlan> {
    return this.#running.promise(this.#run.planRetry(request))
  }

  /** Runs the failed part again in this same run; answers what is run again. */
  retry(request?: RetryRequest): Promise<RetryPlan> {
    return this.#running.promise(this.#run.retry(request))
  }

  /** What `compensate` would undo, and why the rest stays. */
  planCompensation(): Promise<CompensationPreview> {
    return this.#running.promise(this.#run.planCompensation)
  }

  /**
   * Undoes what the ended run did and what is not undone yet, in the same run, which then ends as `Failed`; answers
   * which nodes are undone. Rejects with `Refused` where nothing is left to be undone.
   */
  compensate(): Promise<CompensationPlan> {
    return this.#running.promise(this.#run.compensate)
  }

  /** Starts a new run of the same definition and input; `memoized` keeps the results of nodes that succeeded. */
  async resubmit(request?: ResubmitRequest): Promise<RunHandle<O>> {
    return new RunHandle(await this.#running.promise(this.#run.resubmit(request)), this.#running)
  }

  /** Starts a new run that keeps all results except those of `node` and of what comes after it. */
  async fork(node: string, request?: ResubmitRequest): Promise<RunHandle<O>> {
    return new RunHandle(await this.#running.promise(this.#run.fork(node, request)), this.#running)
  }

  /** Lets the open run, which no process executes, go on with another version of its workflow. */
  migrate(workflow: { readonly _tag: "Workflow" }, options?: MigrateOptions): Promise<MigrationPlan> {
    return this.#running.promise(this.#run.migrate(workflow, options))
  }

  /** Writes the ended run with its events, logs and artifacts into a `.tgz`; `Pinnace.import` takes it in elsewhere. */
  export(file: string): Promise<void> {
    return this.#running.promise(this.#run.export(file))
  }

  /** Deletes the run with all its rows; `force` terminates it first when it is open. */
  delete(options?: RemoveOptions): Promise<void> {
    return this.#running.promise(this.#run.delete(options))
  }
}
