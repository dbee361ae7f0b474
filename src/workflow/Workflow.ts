/**
 * Workflows: graphs of nodes with typed input, output and errors.
 * Plain frozen values; the graph exists before anything runs.
 */
import type { RunLabels } from "./RunLabels.ts"
import type { DurationInput } from "./millis.ts"
import { assemble } from "./assemble.ts"
import type { AnyWorkflowOptions } from "./workflowOptions.ts"
import type { Builder } from "./Builder.ts"
import type { FailFast } from "./Definition.ts"
import type { Compensation } from "./Compensation.ts"
import type { CodecSpec, ErrorOf, ErrorSpec, TypeOf } from "./codecSpec.ts"
import type { GraphBuilder } from "./GraphBuilder.ts"
import type { FailuresOf, ResultOf, Returned } from "./Returned.ts"
import type { ArtifactGC } from "./Artifact.ts"
import type { RetentionOption } from "./Retention.ts"
import type { RetryPolicy } from "./Retry.ts"
import type { PermitOptions } from "./Semaphore.ts"
import type { StartPolicies } from "./StartPolicy.ts"
import type { Runnable } from "./Runnable.ts"
import type { Declared, ServiceOf, ServiceSpec } from "./Task.ts"

/** A workflow with input `I`, output `O`, typed errors `E` and required services `R`. */
export interface Workflow<in I = void, out O = void, out E = never, out R = never> extends Runnable<I, O, E, R> {
  /** Marks a workflow. */
  readonly _tag: "Workflow"
  /** What its author says of it; `undefined` without a word. */
  readonly description: string | undefined
}

/** The errors that handlers know: the stated ones, since others are not known while nodes are being added. */
export type Told<Errors extends ErrorSpec | undefined> = [Errors] extends [undefined] ? unknown : ErrorOf<Errors>

/** The parts of a workflow besides its graph. */
export interface WorkflowOptions<In, Out, Errors extends ErrorSpec | undefined, Services extends ServiceSpec>
  extends PermitOptions<TypeOf<In>> {
  /** A schema, or a record of fields; default none. */
  readonly input?: In
  /** A schema; default that of the returned reference. */
  readonly output?: Out
  /**
   * Typed errors with which the run may fail; any other arrives as `RunFailed`.
   * Default: those of the nodes it returns and of all that they wait for.
   */
  readonly errors?: NonNullable<Errors>
  /** Effect services that its nodes use. */
  readonly services?: Services
  /** What it is for, shown in plans; default nothing. */
  readonly description?: string
  /**
   * Tells definitions of one name apart: runs of `order@1` go on with that one, while new ones begin with `order@2`.
   * Register both as long as runs of both are open.
   */
  readonly version?: string
  /**
   * The first failure cancels the other nodes; with `"hold"` those that run end, and nothing more begins. Default: all
   * branches run to their end.
   */
  readonly failFast?: FailFast
  /** How many of its nodes may be open at once; default as many as the engine allows. */
  readonly parallelism?: number
  /** For the whole run, exit handlers excepted; default none. */
  readonly timeout?: DurationInput
  /** When the artifacts of its runs are deleted, where they do not say themselves; default that of `open`. */
  readonly gc?: ArtifactGC
  /**
   * The store of artifacts that name none, by its name in `open({
   * artifacts: { stores } })`; default the store of `open`.
   */
  readonly store?: string
  /**
   * How long its ended runs are kept: `"7 days"`, or `{ success,
   * failure, completion, keepLast }`. Default that of `open`.
   */
  readonly ttl?: RetentionOption
  /**
   * Whether its runs begin suspended: nothing of them works before
   * `resume`. Default false. Where it is nested it does not count.
   */
  readonly suspended?: boolean
  /**
   * Whether what its nodes did is undone where it, or what it is nested in, does not work out. Default true; nothing is
   * undone where no task says how. With `"parallel"` what worked side by side is undone side by side; else the last
   * first, one after the other. With a function it is undone by that as a whole, where it is nested and has succeeded.
   */
  readonly compensate?: boolean | "parallel" | Compensation<TypeOf<In>, Declared<Out>, ServiceOf<Services>>
  /**
   * Labels of its runs, or what makes them of an input; `start` can add others. Where it is nested they do not count.
   */
  readonly labels?: RunLabels<NoInfer<TypeOf<In>>>
  /**
   * What a start does while runs of the same key are open or recent: `singleton`, `debounce`, `throttle`. Where the
   * workflow is nested they do not count.
   */
  readonly start?: StartPolicies<NoInfer<TypeOf<In>>>
  /** Used where the workflow is nested. */
  readonly retry?: RetryPolicy<ErrorOf<Errors>>
}

/**
 * Defines a workflow. The function receives a builder and returns
 * what the output is; it runs once, now, and must be synchronous.
 */
export const workflow = <
  T,
  In extends CodecSpec | undefined = undefined,
  Out extends CodecSpec | undefined = undefined,
  const Errors extends ErrorSpec | undefined = undefined,
  const Services extends ServiceSpec = []
>(
  name: string,
  options: WorkflowOptions<In, Out, Errors, Services>,
  build: (w: Builder<TypeOf<In>, Declared<Out>, Told<Errors>, ServiceOf<Services>>) => Returned<T, Out>
): Workflow<
  TypeOf<In>,
  [Out] extends [undefined] ? ResultOf<T> : TypeOf<Out>,
  [Errors] extends [undefined] ? FailuresOf<T> : ErrorOf<Errors>,
  ServiceOf<Services>
> => {
  return assemble(
    name,
    options as unknown as AnyWorkflowOptions,
    build as unknown as (builder: GraphBuilder) => unknown
  )
}
