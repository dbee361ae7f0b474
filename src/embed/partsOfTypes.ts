/**
 * Types that those of the other entries are made of, for programs that have to name one: what a field, an option or a
 * method of theirs is. Nothing here is needed to define or run a workflow.
 *
 * @module
 */
export type { RunTaken } from "./EffectRun.ts"
export type { PinnaceEngineKey } from "./PinnaceEngine.ts"
export type { EngineCache } from "./cacheHost.ts"
export type { EngineOptions } from "./makeEngine.ts"
export type { ServedSchedule } from "./openOptions.ts"
export type { Pools, SecretProvider } from "../engine/Live.ts"
export type { CloseOptions } from "../engine/life/close.ts"
export type { LostNode } from "../engine/life/losing.ts"
export type { RemoveOptions } from "../engine/life/remove.ts"
export type { Instants } from "../engine/observe/list.ts"
export type { NodesOptions } from "../engine/observe/observe.ts"
export type { SweepOptions } from "../engine/observe/sweep.ts"
export type { JournalReason } from "../journal/JournalError.ts"
export type { IssueCode } from "../plan/Issue.ts"
export type { GraphJson, NodeJson } from "../plan/drawing.ts"
export type { PgAddress } from "../postgres/driver.ts"
export type { PostgresOptions } from "../postgres/openPostgres.ts"
export type {
  CacheNote,
  EncodedError,
  NodeEvent,
  NodeKind,
  Origin,
  Reused,
  RunEvent,
  RunKind,
  Shown,
  StartRule,
  Stopping,
  Trace
} from "../run/Event.ts"
export type { TerminalPhase, Waiting } from "../run/Phase.ts"
export type { CacheMode } from "../run/cacheMode.ts"
export type { LabelTerm } from "../run/select/labelSelector.ts"
export type { RunChoice, RunFieldTerm } from "../run/select/runChoice.ts"
export type { EffectSchedule, ResumeOptions, StopOptions } from "../schedule/EffectSchedule.ts"
export type { Cause, CommonOptions, Schedule } from "../schedule/Schedule.ts"
export type { Fire } from "../schedule/State.ts"
export type { CalendarTime, CronTime, CustomTime, EveryTime } from "../schedule/When.ts"
export type { Rerun } from "../schedule/backfill.ts"
export type { SomeSchedule } from "../schedule/kept.ts"
export type { Timing } from "../schedule/timing.ts"
export type { SqliteOptions } from "../sqlite/openSqlite.ts"
export type { UpgradeOptions } from "../sqlite/upgrade.ts"
export type {
  Awaiting,
  ContinueOn,
  FailuresBefore,
  InputOption,
  ItemOf,
  PlaceOptions,
  Seen,
  Treatment
} from "../workflow/Builder.ts"
export type { ConditionOn, FailuresAsked, Question } from "../workflow/Condition.ts"
export type { AnyCodec, AnyRef, FailFast, OnCrash, OnParentEnd } from "../workflow/Definition.ts"
export type { Received } from "../workflow/FlowContext.ts"
export type { ExitHandler, Handler, HookHandlers, MappedHandler } from "../workflow/Handler.ts"
export type { BindableFields, InputBinding, Mapping, Needs, NoNeeds, Values } from "../workflow/InputBinding.ts"
export type { Asked, Failures, FailuresIn, InputRef, Member, Read } from "../workflow/Ref.ts"
export type {
  Absent,
  Noted,
  NotedKeys,
  ServiceName,
  WithInput,
  WithoutInput,
  WithServices
} from "../workflow/Remedy.ts"
export type { ErrorSchedule, RetryOn } from "../workflow/Retry.ts"
export type { ResultOf, Returned } from "../workflow/Returned.ts"
export type { Beginning, RunLabels } from "../workflow/RunLabels.ts"
export type { Runnable } from "../workflow/Runnable.ts"
export type {
  Body,
  Checked,
  Declared,
  Inferred,
  OutputType,
  ServiceOf,
  ServiceSpec,
  Yielded
} from "../workflow/Task.ts"
export type { CompensationRetry, UndoOption } from "../workflow/Compensation.ts"
export type { Inputless } from "../workflow/TaskContext.ts"
export type { CodecSpec, ErrorOf, ErrorSpec, FieldSpec, PureSchema, TypeOf } from "../workflow/codecSpec.ts"
export type { DurationInput } from "../workflow/millis.ts"
export type { TimeoutOption } from "../workflow/timeouts.ts"
