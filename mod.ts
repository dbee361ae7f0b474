/**
 * Pinnace: durable, typed workflows inside one process, on one SQLite file.
 *
 * @example
 * ```ts
 * import { open, task, workflow } from "pinnace"
 *
 * const hello = task("hello", { run: () => "Hello, world" })
 * const greet = workflow("greet", {}, (w) => w.node("hello", hello))
 *
 * const pinnace = await open(":memory:")
 * console.log(await pinnace.run(greet))
 * await pinnace.close()
 * ```
 *
 * @module
 */

// Define
export { task } from "./src/workflow/Task.ts"
export type { Task, TaskOptions } from "./src/workflow/Task.ts"
export { flow } from "./src/workflow/Flow.ts"
export type { FlowOptions } from "./src/workflow/Flow.ts"
export type { ChildRun, EachOptions, FlowContext, ReceiveOptions, StepOptions } from "./src/workflow/FlowContext.ts"
export { workflow } from "./src/workflow/Workflow.ts"
export type { Workflow, WorkflowOptions } from "./src/workflow/Workflow.ts"
export type { Builder, MapOptions, NodeOptions, RunOptions, SuspendOptions } from "./src/workflow/Builder.ts"
export type { NodeRef, Ref } from "./src/workflow/Ref.ts"
export { and, not, or } from "./src/workflow/Condition.ts"
export type { Condition } from "./src/workflow/Condition.ts"
export { handler } from "./src/workflow/Handler.ts"
export type { ExitInfo, HookInfo, HookName } from "./src/workflow/Definition.ts"
export type { Outcome } from "./src/workflow/Outcome.ts"
export type { FailedAttempt, RetryDecision, RetryHistory, RetryOptions, RetryPolicy } from "./src/workflow/Retry.ts"
export { secret } from "./src/workflow/Secret.ts"
export { keyedSemaphore } from "./src/workflow/KeyedSemaphore.ts"
export type { KeyedOptions, KeyedSemaphore, LimitOfKey } from "./src/workflow/KeyedSemaphore.ts"
export { mutex, rateLimit, semaphore, storedLimit } from "./src/workflow/Semaphore.ts"
export type {
  Hold,
  Limit,
  LimitSource,
  PermitOptions,
  PermitsOf,
  PermitTake,
  Semaphore,
  StoredLimit
} from "./src/workflow/Semaphore.ts"
export type {
  CallPolicies,
  Debounce,
  Keyed,
  Singleton,
  StartKey,
  StartPolicies,
  Taken,
  Throttle
} from "./src/workflow/StartPolicy.ts"
export { limitFromEnv, limitFromFile, limitFromUrl } from "./src/lock/sources.ts"
export { LimitUnavailable } from "./src/lock/LimitUnavailable.ts"
export { Artifact } from "./src/workflow/Artifact.ts"
export type {
  ArtifactContent,
  ArtifactGC,
  ArtifactRange,
  PutArtifact,
  ReadableArtifact,
  TaskArtifacts
} from "./src/workflow/Artifact.ts"
export type { Compensation, Undo, Undoes } from "./src/workflow/Compensation.ts"
export type { RetentionOption } from "./src/workflow/Retention.ts"
export { schedule } from "./src/schedule/Schedule.ts"
export type { CatchUp, Due, Overlap, ScheduleArguments, ScheduleOptions, Scheduling } from "./src/schedule/Schedule.ts"
export { calendar, cron, custom, every } from "./src/schedule/When.ts"
export type { CalendarFields, ClockChange, ClockOptions, Weekday, When } from "./src/schedule/When.ts"
export { signal } from "./src/workflow/Signal.ts"
export type { Signal } from "./src/workflow/Signal.ts"
export type { CallOptions, TaskContext, TaskLog } from "./src/workflow/TaskContext.ts"

export type { CacheOption, CacheOptions, Dependencies } from "./src/workflow/Cache.ts"

// Check and draw
export { check, draw, graph } from "./src/embed/inspect.ts"
export { InvalidValue } from "./src/workflow/values.ts"
export type { Issue } from "./src/plan/Issue.ts"
export { InvalidWorkflow } from "./src/plan/Issue.ts"
export type { PlanJson } from "./src/plan/drawing.ts"

// Run
export { open } from "./src/embed/open.ts"
export { closeOnSignals } from "./src/embed/closeOnSignals.ts"
export type { CloseOnSignalsOptions, EndSignal } from "./src/embed/closeOnSignals.ts"
export type { DatabaseOptions, OpenOptions } from "./src/embed/openOptions.ts"
export type { Sampling, TelemetryOptions } from "./src/trace/Telemetry.ts"
export type { LogRecord, LogSink } from "./src/trace/LogRecord.ts"
export type { SpanRecord, SpanSink } from "./src/trace/SpanRecord.ts"
export type { Open } from "./src/embed/openEngine.ts"
export type { Pinnace } from "./src/embed/Pinnace.ts"
export type { AskingNode, EndedRun } from "./src/engine/Heard.ts"
export type { Actor } from "./src/run/actor.ts"
export type { Health, HealthCheck } from "./src/engine/observe/health.ts"
export type { Deed } from "./src/run/deed.ts"
export type { AuditFilter } from "./src/engine/observe/audit.ts"
export type { LeftRun } from "./src/engine/life/drain.ts"
export type { Upgrade } from "./src/sqlite/upgrade.ts"
export type { RunHandle } from "./src/embed/RunHandle.ts"
export type { ScheduleHandle } from "./src/embed/ScheduleHandle.ts"
export type { ShownInstant } from "./src/schedule/around.ts"
export type { FireFilter, FireView, ScheduleStatus } from "./src/schedule/reads.ts"
export type { BackfillRequest, BackfillView } from "./src/schedule/backfill.ts"
export type { RunOutcome, SignalValue } from "./src/embed/EffectRun.ts"
export type { AnySignal } from "./src/workflow/Signal.ts"
export type { StartOptions } from "./src/engine/life/start.ts"
export type { CompensationPlan, CompensationPreview } from "./src/engine/life/compensate.ts"
export type { MigrateOptions } from "./src/engine/life/migrate.ts"
export type { MigrationPlan } from "./src/engine/life/migration.ts"
export type { RetryPlan, RetryRequest } from "./src/engine/life/resets.ts"
export type { ResubmitRequest } from "./src/engine/life/resubmit.ts"
export type { Answer, TerminateOptions } from "./src/engine/control/Answer.ts"
export type { ArtifactView, LogView, NodeView, RunView } from "./src/run/view.ts"
export type { PermitView, SemaphoreView, SetLimitOptions } from "./src/engine/observe/locks.ts"
export type { ArtifactFilter, Collection, CollectOptions } from "./src/engine/observe/artifacts.ts"
export type { Sweep } from "./src/engine/observe/sweep.ts"
export type { ArtifactState, SavedArtifact } from "./src/run/ArtifactRow.ts"
export type { ArtifactSum, CacheView } from "./src/engine/observe/cache.ts"
export type { ForgetFilter, Forgotten } from "./src/engine/observe/forget.ts"
export type { CacheExplanation } from "./src/engine/observe/explain.ts"
export type { PartView } from "./src/reuse/explain.ts"
export type { ArtifactOptions } from "./src/embed/artifactHost.ts"
export type { Stuck, StuckKind } from "./src/engine/observe/stuck.ts"
export type { Asks } from "./src/engine/node/asks.ts"
export type { HeldRun } from "./src/engine/Engine.ts"
export type { PlacedTold } from "./src/engine/pools/PlacedTold.ts"
export type { StoredDefinition } from "./src/engine/observe/definition.ts"
export type { Awaited } from "./src/engine/observe/waitFor.ts"
export type { Why } from "./src/engine/observe/why.ts"
export type { Limits } from "./src/engine/Limits.ts"
export type { Ending, Event, Json, Recorded } from "./src/run/Event.ts"
export type { Phase, Reason } from "./src/run/Phase.ts"
export type { RunCount, RunFilter } from "./src/engine/observe/list.ts"
export type { PhaseCounts } from "./src/run/Phase.ts"

// What can go wrong
export { EngineClosed, InvalidInput, Refused, RunNotFound } from "./src/engine/EngineError.ts"
export { RunExists } from "./src/embed/RunExists.ts"
export { RunFailed } from "./src/engine/observe/RunFailed.ts"
export { BadArchive } from "./src/embed/transfer/BadArchive.ts"
export { ArtifactError } from "./src/artifact/ArtifactError.ts"
export { JournalError } from "./src/journal/JournalError.ts"

// Of Effect, what definitions need most
/** Schemas of Effect, for inputs, outputs and errors. */
export * as Schema from "effect/Schema"
/** Schedules of Effect, for retry policies. */
export * as Schedule from "effect/Schedule"
