/**
 * The engine as a service: everything that can be asked of one, as
 * effects with typed errors. `Pinnace` is the same with promises.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { ArtifactError } from "../artifact/ArtifactError.ts"
import type { AskError } from "../engine/asked.ts"
import type { InvalidInput, Refused, RunNotFound } from "../engine/EngineError.ts"
import type { AuditFilter } from "../engine/observe/audit.ts"
import type { Deed } from "../run/deed.ts"
import type { CloseOptions } from "../engine/life/close.ts"
import type { StartOptions } from "../engine/life/start.ts"
import type { ArtifactFilter, Collection, CollectOptions } from "../engine/observe/artifacts.ts"
import type { Health } from "../engine/observe/health.ts"
import type { RunCount, RunFilter } from "../engine/observe/list.ts"
import type { PhaseCounts } from "../run/Phase.ts"
import type { CacheView } from "../engine/observe/cache.ts"
import type { ForgetFilter, Forgotten } from "../engine/observe/forget.ts"
import type { CacheExplanation } from "../engine/observe/explain.ts"
import type { SemaphoreView, SetLimitOptions } from "../engine/observe/locks.ts"
import type { RunFailed } from "../engine/observe/RunFailed.ts"
import type { Stuck } from "../engine/observe/stuck.ts"
import type { Sweep, SweepOptions } from "../engine/observe/sweep.ts"
import type { InvalidWorkflow } from "../plan/Issue.ts"
import type { ArtifactView, RunView } from "../run/view.ts"
import type { EffectSchedule } from "../schedule/EffectSchedule.ts"
import type { ScheduleStatus } from "../schedule/reads.ts"
import type { Schedule } from "../schedule/Schedule.ts"
import type { Runnable } from "../workflow/Runnable.ts"
import type { InvalidValue } from "../workflow/values.ts"
import type { Workflow } from "../workflow/Workflow.ts"
import type { EffectRun, ReadError, RunTaken } from "./EffectRun.ts"
import type { BadArchive } from "./transfer/BadArchive.ts"
import type { TransferError } from "./transfer/transfer.ts"

/** A workflow whose nodes need no other services than `R`. */
export type ServedWorkflow<R> = Runnable<never, unknown, unknown, R> & { readonly _tag: "Workflow" }

/** The input of a workflow, which may be left out where it has none, and how to start it. */
export type StartArguments<I> = [I] extends [void] ? [input?: I, options?: StartOptions]
  : [input: I, options?: StartOptions]

/** What can go wrong when a run is started. */
export type StartError = InvalidWorkflow | InvalidInput | RunTaken | Refused | RunNotFound | AskError

/** A handle on a run by id; with the run's workflow, which is registered, it has that one's types. */
export interface GetRun<in R> {
  (id: string): Effect.Effect<EffectRun, ReadError>
  <I, O, E>(workflow: Workflow<I, O, E, R>, id: string): Effect.Effect<EffectRun<O, E>, ReadError | Refused>
}

/** Everything that can be asked of an engine; `R` are the services it can give to Effect bodies. */
export interface PinnaceEngineShape<in R = never> {
  /** Makes workflows known, so that their interrupted runs go on in this process. */
  readonly register: (
    ...workflows: ReadonlyArray<ServedWorkflow<R>>
  ) => Effect.Effect<void, InvalidWorkflow | AskError>
  /** Starts a run; succeeds once it is durable. */
  readonly start: <I, O, E>(
    workflow: Workflow<I, O, E, R>,
    ...rest: StartArguments<I>
  ) => Effect.Effect<EffectRun<O, E>, StartError>
  /** Starts a run and waits for its output. */
  readonly run: <I, O, E>(
    workflow: Workflow<I, O, E, R>,
    ...rest: StartArguments<I>
  ) => Effect.Effect<O, E | RunFailed | RunNotFound | StartError>
  /** A handle on a run by its id; fails as `RunNotFound` when there is no such run. */
  readonly get: GetRun<R>
  /** Runs, newest first; 100 unless `limit` says otherwise (`Infinity`: all). */
  readonly list: (filter?: RunFilter) => Effect.Effect<ReadonlyArray<RunView>, AskError>
  /** How many runs are in which phase, of those that fit; a phase that none is in is absent. */
  readonly counts: (filter?: RunCount) => Effect.Effect<PhaseCounts, AskError>
  /** Artifacts, in the order of their ids; 1,000 unless `limit` says otherwise. */
  readonly artifacts: (
    filter?: ArtifactFilter
  ) => Effect.Effect<ReadonlyArray<ArtifactView>, AskError>
  /**
   * Deletes artifacts that nothing needs any more and waits until that
   * is done; it happens by itself too. `dryRun` only says what would go.
   */
  readonly gc: (options?: CollectOptions) => Effect.Effect<Collection, AskError>
  /** What is remembered of tasks with `cache` and of memoized templates, by name. */
  readonly remembered: () => Effect.Effect<ReadonlyArray<CacheView>, AskError>
  /** Why the nodes of a run whose results may be reused, or one of them, were computed, or what they reused. */
  readonly explain: (run: string, node?: string) => Effect.Effect<ReadonlyArray<CacheExplanation>, AskError>
  /** Forgets remembered results; answers how much that is. Artifacts that only they kept are deleted soon. */
  readonly forget: (filter?: ForgetFilter) => Effect.Effect<Forgotten, AskError>
  /**
   * Removes bytes that no artifact names, left by processes that died;
   * only those older than `olderThan` milliseconds (default one day).
   */
  readonly sweep: (options?: SweepOptions) => Effect.Effect<Sweep, ArtifactError | AskError>
  /**
   * Keeps an artifact whatever its strategy says (or, with `false`,
   * no longer); answers whether there is such an artifact.
   */
  readonly pin: (artifact: string, pinned?: boolean) => Effect.Effect<boolean, AskError>
  /** Whether the engine lives and may be sent work, and why not; never fails. */
  readonly health: () => Effect.Effect<Health>
  /**
   * Writes a whole copy of the state file, without its artifacts, while runs go on; the target must not exist. It has
   * its name once it is complete, checked and on the disk. `pinnace restore` makes a state file of it.
   */
  readonly backup: (file: string) => Effect.Effect<void, AskError>
  /** Takes a run in that `export` wrote: it can be read, resubmitted and forked, but not retried. */
  readonly import: (
    file: string
  ) => Effect.Effect<EffectRun, BadArchive | RunTaken | TransferError | AskError>
  /**
   * Everything that does not move, with its reason: held, interrupted
   * and suspended runs, nodes that wait for signals, permits or time.
   */
  readonly stuck: () => Effect.Effect<ReadonlyArray<Stuck>, AskError>
  /** What was done about runs and limits, and by whom, the latest first; 100 unless `limit` says otherwise. */
  readonly audit: (filter?: AuditFilter) => Effect.Effect<ReadonlyArray<Deed>, AskError>
  /** A schedule, by itself or by its name. */
  readonly schedule: (which: Schedule<R> | string) => Effect.Effect<EffectSchedule, AskError>
  /** All schedules of the state file, and those that are kept here, by name. */
  readonly schedules: () => Effect.Effect<ReadonlyArray<ScheduleStatus>, AskError>
  /** Semaphores with their limits, holders and queues. */
  readonly locks: () => Effect.Effect<ReadonlyArray<SemaphoreView>, AskError>
  /** Sets a limit that is kept in the state file (`storedLimit`). */
  readonly setLimit: (
    name: string,
    limit: number,
    options?: SetLimitOptions
  ) => Effect.Effect<void, AskError>
  /** Takes the permits of a node away by hand; answers whether it had any. Recorded in the node's log. */
  readonly breakPermit: (run: string, node: string) => Effect.Effect<boolean, AskError>
  /**
   * Closes the engine. With `drain`, live runs may go on for so long first; what still runs then is interrupted without
   * being ended, and goes on when the file is opened again. Safe to call twice.
   */
  readonly close: (options?: CloseOptions) => Effect.Effect<void, InvalidValue>
}

/** An engine that can give Effect bodies the services `R`, as what needs one names it. */
export interface PinnaceEngine<out R = never> {
  /** Exists for the type checker only. */
  readonly "~pinnace/engine": (_: never) => R
}

/** The key of the engine of an Effect app. */
export interface PinnaceEngineKey extends Context.Service<PinnaceEngine, PinnaceEngineShape> {
  /** The same engine, as one that can give Effect bodies the services `R`: what its layer was made with. */
  readonly with: <R>() => Context.Service<PinnaceEngine<R>, PinnaceEngineShape<R>>
}

const key = Context.Service<PinnaceEngine, PinnaceEngineShape>("pinnace/embed/PinnaceEngine")

/**
 * The engine of an Effect app: `yield* PinnaceEngine`, or `yield*
 * PinnaceEngine.with<Db>()` to start workflows that need `Db`.
 */
export const PinnaceEngine: PinnaceEngineKey = Object.assign(key, {
  with: <R>() => key as unknown as Context.Service<PinnaceEngine<R>, PinnaceEngineShape<R>>
})
