// deno-lint-ignore-file no-explicit-any -- type parameters that a signature does not look at
/** What the body of a task, and what undoes it, see of the engine, which implements it. */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { TaskArtifacts } from "./Artifact.ts"
import type { TimeoutOption } from "./timeouts.ts"
import type { WithoutInput } from "./Remedy.ts"
import type { RetryPolicy } from "./Retry.ts"
import type { Runnable } from "./Runnable.ts"

/**
 * The log of a node: call it with values, or one of its levels. A plain object at the end is kept as the fields of the
 * line, too, for programs that look for them.
 */
export interface TaskLog {
  (...values: ReadonlyArray<unknown>): void
  /** Writes a line of level `debug`. */
  debug(...values: ReadonlyArray<unknown>): void
  /** Writes a line of level `info`. */
  info(...values: ReadonlyArray<unknown>): void
  /** Writes a line of level `warn`. */
  warn(...values: ReadonlyArray<unknown>): void
  /** Writes a line of level `error`; the attempt goes on. */
  error(...values: ReadonlyArray<unknown>): void
  /** The same log, whose lines have these fields besides their own. */
  with(fields: Readonly<Record<string, unknown>>): TaskLog
}

/** How a child that a body starts differs from its definition; `toTreatment` gives the engine's form. */
export interface CallOptions<E = any, I = any, O = any> extends UndoOption<I, O, any> {
  /** When and how often it is tried again; default what its definition says. */
  readonly retry?: RetryPolicy<E>
  /** How long it may take; default what its definition says. */
  readonly timeout?: TimeoutOption
}

/** A task or workflow that is called without input, where it needs none. */
export type Inputless<I, O, E, R> = WithoutInput<
  I,
  "The input is missing: call(name, task, input)",
  Runnable<I, O, E, R>
>

/** What a body is given besides its input. */
export interface TaskContext {
  /** The id of the run. */
  readonly run: string
  /** The path of this node inside the run. */
  readonly node: string
  /**
   * Text that stands for this node's work: no other node, run or state file has it, and every attempt and rerun does.
   * Pass it on as the idempotency key of what must happen once.
   */
  readonly key: string
  /** Counts from 1, across restarts. */
  readonly attempt: number
  /** Fires when the attempt is interrupted: by a timeout, `stop`, `terminate` or fail-fast. */
  readonly signal: AbortSignal
  /** The instant at which the attempt times out, in milliseconds since the epoch; `undefined` = never. */
  readonly deadline: number | undefined
  /** Writes lines to the log of this node. */
  readonly log: TaskLog
  /**
   * The span of this attempt, for queues and sockets of your own, as a header of W3C Trace Context; `undefined` where
   * nobody traces the run.
   */
  readonly trace: { readonly traceparent: string } | undefined
  /** Records how far the work is: `progress(3, 10, "pages")`. */
  progress(done: number, total: number, note?: string): void
  /** Records that the work is alive. */
  heartbeat(): void
  /** The clear value of a secret, which is never recorded; rejects when the provider does not know the name. */
  secret(name: string): Promise<string>
  /** Files, directories and bytes that outlive the attempt, and its private work directory. */
  readonly artifacts: TaskArtifacts
  /**
   * Runs a named child node and gives its output; rejects with its typed error. The name is its identity after a crash.
   */
  call<I, O, E>(name: string, runnable: Inputless<I, O, E, any>): Promise<O>
  /** Runs a named child node that has an input. */
  call<I, O, E>(
    name: string,
    runnable: Runnable<I, O, E, any>,
    input: NoInfer<I>,
    options?: CallOptions<NoInfer<E>, NoInfer<I>, NoInfer<O>>
  ): Promise<O>
  /** As `call`, for Effect bodies; anything but a typed error of the child is a defect. */
  effect<I, O, E, R>(name: string, runnable: Inputless<I, O, E, R>): Effect.Effect<O, E, R>
  /** As `call` with an input, for Effect bodies. */
  effect<I, O, E, R>(
    name: string,
    runnable: Runnable<I, O, E, R>,
    input: NoInfer<I>,
    options?: CallOptions<NoInfer<E>, NoInfer<I>, NoInfer<O>>
  ): Effect.Effect<O, E, R>
}

/** What a compensation is told: what the task or workflow was given, what it gave, and why that is undone. */
export interface Undo<I, O> {
  /** What it was given. */
  readonly input: I
  /** What it gave; where it only began, nothing. */
  readonly output: O
  /** How the run, or the nested workflow, ended. */
  readonly cause: { readonly reason: string; readonly message: string }
  /** The id of the run. */
  readonly run: string
  /** The path of the node that is undone. */
  readonly node: string
}

/** A function that undoes; what it returns is not kept. */
export type Undoes<I, O, R> = (
  undo: Undo<I, O>,
  context: TaskContext
) => void | Promise<void> | Effect.Effect<void, unknown, R | Scope.Scope>

/** When an undo that fails is tried again. */
export interface CompensationRetry {
  /** Default: for ever, after 1 second at first and 1 hour at most. */
  readonly retry?: RetryPolicy<never>
}

/** How what a task or a nested workflow did is undone. */
export type Compensation<I, O, R> =
  | Undoes<I, O, R>
  | CompensationRetry & { readonly when: "succeeded"; readonly run: Undoes<I, O, R> }
  /** Also where it is in doubt whether the task did something: its attempt was cut off. Then there is no output. */
  | CompensationRetry & { readonly when: "began"; readonly run: Undoes<I, O | undefined, R> }

/** An option of what runs a task or workflow with input `I` and output `O`. */
export interface UndoOption<I, O, R> {
  /**
   * Undoes what it did, in the place of what its task or workflow says. A nested workflow is undone by it where it has
   * succeeded; where it has not, what it did is undone node by node.
   */
  readonly compensate?: Compensation<I, O, R>
}
