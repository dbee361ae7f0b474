/** A run as an app holds it: promises and async iterators over the engine's effects, from whichever process. */
import type * as Effect from "effect/Effect"
import type { RetryPlan, RetryRequest } from "../engine/life/resets.ts"
import { fork, resubmit, type ResubmitRequest } from "../engine/life/resubmit.ts"
import { planRetry, retry } from "../engine/life/retry.ts"
import { command } from "../engine/control/command.ts"
import { signal } from "../engine/control/signal.ts"
import type { Answer } from "../engine/control/Answer.ts"
import { artifacts } from "../engine/observe/artifacts.ts"
import type { ArtifactRow } from "../run/ArtifactRow.ts"
import type { Engine } from "../engine/Engine.ts"
import { definition, type StoredDefinition } from "../engine/observe/definition.ts"
import { events, logs, nodes, type NodesOptions, type NodeView } from "../engine/observe/observe.ts"
import { remove, type RemoveOptions } from "../engine/life/remove.ts"
import { ending, result } from "../engine/observe/result.ts"
import { type Why, why } from "../engine/observe/why.ts"
import type { LogLine } from "../journal/Journal.ts"
import type { Ending, Json, Recorded } from "../run/Event.ts"
import type { RunRow } from "../run/State.ts"
import { admitOne, path } from "../workflow/admit.ts"
import type { Signal } from "../workflow/Signal.ts"

/** Runs an engine effect to a promise that rejects with the effect's own error. */
export type RunPromise = <A, E>(effect: Effect.Effect<A, E>) => Promise<A>

/** How a run ended: `phase` tells which fields are there. `error` is what `result` rejects with. */
export type RunOutcome<O> =
  | { readonly phase: "Succeeded"; readonly output: O }
  | {
    readonly phase: Exclude<Ending["phase"], "Succeeded">
    readonly reason: string
    readonly message: string
    readonly error: unknown
  }

/** A handle on one run with output `O`; holding it costs nothing, and any number may exist. */
export class RunHandle<O = unknown> {
  readonly id: string
  readonly #key: number
  readonly #engine: Engine
  readonly #promise: RunPromise

  constructor(engine: Engine, promise: RunPromise, row: RunRow) {
    this.id = row.id
    this.#key = row.key
    this.#engine = engine
    this.#promise = promise
  }

  #open(what: string): Engine {
    this.#engine.mustBeOpen(what)
    return this.#engine
  }

  /** The run's row as it stands; throws when the run was deleted. */
  status(): RunRow {
    const row = this.#open("read a run").host.journal.getRun(this.#key)
    if (row === undefined) throw new Error(`Run "${this.id}" was deleted`)
    return row
  }

  /** The output, once the run succeeded; rejects with its typed error, or with `RunFailed`. */
  result(): Promise<O> {
    return this.#promise(result(this.#engine, this.#key)) as Promise<O>
  }

  /** How the run ended, whatever the phase; never rejects because of the work itself. */
  ending(): Promise<Ending> {
    return this.#promise(ending(this.#engine, this.#key))
  }

  /** How the run ended, with its output where it succeeded; never rejects because of the work itself. */
  async outcome(): Promise<RunOutcome<O>> {
    const { message = "", phase, reason = phase } = await this.ending()
    if (phase === "Succeeded") return { phase, output: await this.result() }
    return { phase, reason, message, error: await this.result().catch((error: unknown) => error) }
  }

  /** Events after sequence number `after` (default: from the beginning), live, until the run ends. */
  events(after = 0): AsyncGenerator<Recorded, void, void> {
    return events(this.#engine, this.#key, after)
  }

  /** All nodes that began or ended, in that order; `values` adds inputs and outputs. */
  nodes(options: NodesOptions = {}): ReadonlyArray<NodeView> {
    return nodes(this.#open("read nodes"), this.#key, options)
  }

  /** Kept log lines of the run, or of one node. */
  logs(node?: string): ReadonlyArray<LogLine> {
    return logs(this.#open("read logs"), this.#key, node)
  }

  /** What its nodes have saved. */
  artifacts(): ReadonlyArray<ArtifactRow> {
    return artifacts(this.#open("read artifacts"), { run: this.#key, limit: Infinity })
  }

  /** The definition that is kept for the run, where it is data: it goes on with this one, whatever became of the file. */
  definition(): StoredDefinition | undefined {
    return definition(this.#open("read a definition"), this.status())
  }

  /** Why the run, or one of its nodes, is not running. */
  why(node?: string): ReadonlyArray<Why> {
    return why(this.#open("ask why"), this.status(), node)
  }

  /** Ends the main part, then runs exit handlers; idempotent. */
  stop(message?: string): Promise<Answer> {
    return this.#command("stop", message)
  }

  /** Ends everything at once, exit handlers included; scoped finalizers still run. */
  terminate(message?: string): Promise<Answer> {
    return this.#command("terminate", message)
  }

  /** Lets nothing new begin; what runs goes on. */
  suspend(): Promise<Answer> {
    return this.#command("suspend")
  }

  /** Lets a suspended run go on. */
  resume(): Promise<Answer> {
    return this.#command("resume")
  }

  /** Gives a waiting node its value: a signal with a value of its type, or the node's path with the JSON form of its schema. */
  signal<T>(signal: Signal<T>, value: NoInfer<T>): Promise<Answer>
  signal(node: string, value?: Json): Promise<Answer>
  signal(to: Signal<unknown> | string, value: unknown = null): Promise<Answer> {
    return this.#promise(signal(this.#engine, this.id, to, value))
  }

  /** Approves a waiting node that asks for no value. */
  approve(node: string): Promise<Answer> {
    return this.signal(node)
  }

  /** What `retry` would run again, and why. */
  planRetry(request: RetryRequest = {}): Promise<RetryPlan> {
    return this.#promise(planRetry(this.#engine, this.id, request))
  }

  /** Runs the failed part again in this same run; answers what is run again. */
  retry(request: RetryRequest = {}): Promise<RetryPlan> {
    return this.#promise(retry(this.#engine, this.id, request))
  }

  /** Starts a new run of the same definition and input; `memoized` keeps the results of nodes that succeeded. */
  async resubmit(request: ResubmitRequest = {}): Promise<RunHandle<O>> {
    return new RunHandle(this.#engine, this.#promise, await this.#promise(resubmit(this.#engine, this.id, request)))
  }

  /** Starts a new run that keeps all results except those of `node` and of what comes after it. */
  async fork(node: string, request: ResubmitRequest = {}): Promise<RunHandle<O>> {
    return new RunHandle(this.#engine, this.#promise, await this.#promise(fork(this.#engine, this.id, node, request)))
  }

  /** Writes the ended run with its events, logs and artifacts into a `.tgz`; `Pinnace.import` takes it in elsewhere. */
  async export(file: string): Promise<void> {
    admitOne("the file of an exported run", file, path)
    const { exportRun } = await import("./transfer/exportRun.ts")
    this.#open("export a run")
    await exportRun(this.#engine, this.id, file)
  }

  /** Deletes the run with all its rows; `force` terminates it first when it is open. */
  delete(options: RemoveOptions = {}): Promise<void> {
    return this.#promise(remove(this.#engine, this.id, options))
  }

  #command(verb: "stop" | "terminate" | "suspend" | "resume", message?: string): Promise<Answer> {
    return this.#promise(command(this.#engine, this.id, verb, message === undefined ? {} : { message }))
  }
}
