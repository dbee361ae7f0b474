/**
 * A run as an Effect app holds it: effects and streams with typed
 * errors, whichever process executes it. `RunHandle` is made of this.
 */
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { AskError } from "../engine/asked.ts"
import type { Answer, TerminateOptions } from "../engine/control/Answer.ts"
import type { InvalidInput, Refused, RunExists, RunNotFound } from "../engine/EngineError.ts"
import type { RemoveOptions } from "../engine/life/remove.ts"
import type { CompensationPlan, CompensationPreview } from "../engine/life/compensate.ts"
import type { MigrateOptions } from "../engine/life/migrate.ts"
import type { MigrationPlan } from "../engine/life/migration.ts"
import type { RetryPlan, RetryRequest } from "../engine/life/resets.ts"
import type { ResubmitRequest } from "../engine/life/resubmit.ts"
import type { StoredDefinition } from "../engine/observe/definition.ts"
import type { NodesOptions } from "../engine/observe/observe.ts"
import type { RunFailed } from "../engine/observe/RunFailed.ts"
import type { Awaited } from "../engine/observe/waitFor.ts"
import type { Why } from "../engine/observe/why.ts"
import type { ArtifactView, LogView, NodeView, RunView } from "../run/view.ts"
import type { Ending, Json, Recorded } from "../run/Event.ts"
import type { AnySignal, Signal } from "../workflow/Signal.ts"
import type { TransferError } from "./transfer/transfer.ts"

/** What can go wrong when something is read of a run. */
export type ReadError = RunNotFound | AskError

/** What can go wrong with a command. */
export type CommandError = Refused | ReadError

/** What can go wrong when a run is done again. */
export type AgainError = CommandError | InvalidInput

/** What can go wrong when a run is begun with what another one has. */
export type CopyError = AgainError | RunTaken

/** A run id is taken by a run of another workflow or with another input: `run` is the handle of that run. */
export type RunTaken = RunExists & { readonly run: EffectRun }

/** How a run ended: `phase` tells which fields are there. `error` is what `result` fails with. */
export type RunOutcome<O, E = unknown> =
  | { readonly phase: "Succeeded"; readonly output: O }
  | {
    readonly phase: Exclude<Ending["phase"], "Succeeded">
    readonly reason: string
    readonly message: string
    readonly error: E
  }

/**
 * Gives a waiting node its value: a signal with a value of its
 * type, or the node's path with the JSON form of its schema.
 */
export type SignalRun = <S extends AnySignal | string>(
  to: S,
  ...value: SignalValue<S>
) => Effect.Effect<Answer, CommandError>

/** What a signal is given; one signature for both, so that the first line of a type error names the value. */
export type SignalValue<S> = S extends Signal<infer T> ? [value: T] : [value?: Json]

/** A handle on one run with output `O` and typed errors `E`; holding it costs nothing, and any number may exist. */
export interface EffectRun<O = unknown, E = unknown> {
  /** The id of the run. */
  readonly id: string
  /** The run as it is now. */
  readonly status: Effect.Effect<RunView, ReadError>
  /** The output, once the run succeeded; fails with the run's typed error, or with `RunFailed`. */
  readonly result: Effect.Effect<O, E | RunFailed | ReadError>
  /** How the run ended, whatever the phase. */
  readonly ending: Effect.Effect<Ending, ReadError>
  /** How the run ended, with its output where it succeeded; never fails because of the work itself. */
  readonly outcome: Effect.Effect<RunOutcome<O, E | RunFailed>, ReadError>
  /**
   * Waits until a node has ended, is in a phase (`"Running"`: has begun),
   * or waits for something (`"waiting"`), and gives it as it is then.
   * Fails with `Refused` once it cannot get there any more.
   */
  readonly waitFor: (node: string, until?: Awaited) => Effect.Effect<NodeView, CommandError>
  /** Events after a sequence number (default 0), live, until the run ends. */
  readonly events: (after?: number) => Stream.Stream<Recorded, AskError>
  /** All nodes that began or ended, in that order; `values` adds inputs and outputs. */
  readonly nodes: (options?: NodesOptions) => Effect.Effect<ReadonlyArray<NodeView>, AskError>
  /** Kept log lines of the run, or of one node. */
  readonly logs: (node?: string) => Effect.Effect<ReadonlyArray<LogView>, AskError>
  /** What its nodes have saved. */
  readonly artifacts: Effect.Effect<ReadonlyArray<ArtifactView>, AskError>
  /**
   * The definition that is kept for the run, where it is data: it goes on with this one, whatever became of the file.
   */
  readonly definition: Effect.Effect<StoredDefinition | undefined, ReadError>
  /** Why the run, or one of its nodes, is not running. */
  readonly why: (node?: string) => Effect.Effect<ReadonlyArray<Why>, ReadError>
  /** Ends the main part, then runs exit handlers; idempotent. */
  readonly stop: (message?: string) => Effect.Effect<Answer, CommandError>
  /**
   * Ends everything at once, exit handlers included; scoped finalizers still run. With `compensate` what was done is
   * undone before the run ends. Text is the message.
   */
  readonly terminate: (how?: TerminateOptions | string) => Effect.Effect<Answer, CommandError>
  /** Lets nothing new begin; what runs goes on. */
  readonly suspend: Effect.Effect<Answer, CommandError>
  /** Lets a suspended run go on. */
  readonly resume: Effect.Effect<Answer, CommandError>
  /** Sends a value to a node that waits for it, or will; fails as `Refused` where no node can take it. */
  readonly signal: SignalRun
  /** Approves a waiting node that asks for no value. */
  readonly approve: (node: string) => Effect.Effect<Answer, CommandError>
  /** What `retry` would run again, and why. */
  readonly planRetry: (request?: RetryRequest) => Effect.Effect<RetryPlan, CommandError>
  /** Runs the failed part again in this same run; answers what is run again. */
  readonly retry: (request?: RetryRequest) => Effect.Effect<RetryPlan, AgainError>
  /** What `compensate` would undo, and why the rest stays. */
  readonly planCompensation: Effect.Effect<CompensationPreview, CommandError>
  /** Undoes what the ended run did, in the same run; answers which nodes are undone. */
  readonly compensate: Effect.Effect<CompensationPlan, AgainError>
  /** Starts a new run of the same definition and input; `memoized` keeps the results of nodes that succeeded. */
  readonly resubmit: (request?: ResubmitRequest) => Effect.Effect<EffectRun<O, E>, CopyError>
  /** Starts a new run that keeps all results except those of `node` and of what comes after it. */
  readonly fork: (node: string, request?: ResubmitRequest) => Effect.Effect<EffectRun<O, E>, CopyError>
  /** Lets the open run, which no process executes, go on with another version of its workflow. */
  readonly migrate: (
    workflow: { readonly _tag: "Workflow" },
    options?: MigrateOptions
  ) => Effect.Effect<MigrationPlan, CommandError>
  /** Writes the ended run with its events, logs and artifacts into a `.tgz`, which `import` takes in elsewhere. */
  readonly export: (file: string) => Effect.Effect<void, TransferError | CommandError>
  /** Deletes the run with all its rows; `force` terminates it first when it is open. */
  readonly delete: (options?: RemoveOptions) => Effect.Effect<void, CommandError>
}
