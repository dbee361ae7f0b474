// deno-lint-ignore-file no-explicit-any -- type parameters that a signature does not look at
/** What the body of a flow sees of the engine, which implements it. */
import type { CodecSpec, ErrorOf, ErrorSpec } from "./codecSpec.ts"
import type { FailFast } from "./Definition.ts"
import type { UndoOption } from "./Compensation.ts"
import type { DurationInput } from "./millis.ts"
import type { Noted, NotedKeys } from "./Remedy.ts"
import type { Runnable } from "./Runnable.ts"
import type { Signal } from "./Signal.ts"
import type { Body, Checked, Inferred, OutputType, TaskOptions, Yielded } from "./Task.ts"
import type { CallOptions, Inputless, TaskContext } from "./TaskContext.ts"
import type { RunOptions, Treatment } from "./Builder.ts"

/** What is said of a step besides its name. */
export type StepOptions<Out, Errors extends ErrorSpec> = Omit<
  TaskOptions<undefined, Out, Errors, []>,
  "input" | "services"
>

/** How the items of `each` are worked. */
export interface EachOptions<I, O = any> {
  /** The identity of an item, part of its path; default its index. */
  readonly key?: (item: I, index: number) => string
  /** Items open at once; default as many as the engine allows. */
  readonly concurrency?: number
  /** Whether the first failure cancels the other items; default: all items run to their end. */
  readonly failFast?: FailFast
  /** What is done about failures and time of each item. */
  readonly item?: Treatment<any, any, never> & UndoOption<I, O, never>
}

/** A run that a flow started. */
export interface ChildRun<O> {
  /** The id of the run. */
  readonly id: string
  /** Waits for its output; rejects with its typed error, or with `RunFailed`. */
  result(): Promise<O>
}

/** How `receive` waits. */
export interface ReceiveOptions<O, D> {
  /** The name of the node; default that of the signal. */
  readonly name?: string
  /** Goes on by itself after this time, with `default`; default never. */
  readonly duration?: DurationInput
  /** What it gives where the time ran out. */
  readonly default?: Noted<D, O>
}

/** What comes of `receive`: `undefined` where the time ran out and there is no default. */
export type Received<O, K> = "default" extends K ? O : "duration" extends K ? O | undefined : O

/**
 * Steps of a flow. Each is a node of the run under its name, which is its identity after a restart and must be used
 * once: give each round of a loop a name of its own, as `page-${n}`.
 */
export interface FlowContext<I = unknown> {
  /** The id of the run. */
  readonly run: string
  /** The path of the flow inside the run; empty where it is the run. */
  readonly node: string
  /** Fires when the flow is stopped, terminated or out of time. */
  readonly signal: AbortSignal
  /** Runs a function as a node, once: what it gave is recorded. Rejects with its typed error, or with `RunFailed`. */
  step<const T extends Body<undefined>>(
    name: string,
    run: (context: TaskContext) => Noted<T, Checked<T, undefined, never, never>>
  ): Promise<Inferred<Yielded<T>>>
  /** Runs a function as a node, once, with a schema of its output, typed errors and other options. */
  step<
    const T extends Body<Out>,
    Out extends CodecSpec | undefined = undefined,
    const Errors extends ErrorSpec = [],
    K extends PropertyKey = never
  >(
    name: string,
    options: StepOptions<Out, Errors> & NotedKeys<K> & {
      readonly run: (context: TaskContext) => Noted<T, Checked<T, Out, ErrorOf<Errors>, never>>
    }
  ): Promise<OutputType<Out, T>>
  /** Runs a task or workflow as a node. */
  call<I, O, E>(name: string, runnable: Inputless<I, O, E, any>): Promise<O>
  /** Runs a task or workflow that has an input as a node. */
  call<I, O, E>(
    name: string,
    runnable: Runnable<I, O, E, any>,
    input: NoInfer<I>,
    options?: CallOptions<NoInfer<E>, NoInfer<I>, NoInfer<O>>
  ): Promise<O>
  /** Runs a function, a task or a workflow once for each item; gives their outputs in the order of the items. */
  each<I, O, E>(
    name: string,
    items: ReadonlyArray<I>,
    runnable: Runnable<I, O, E, any>,
    options?: EachOptions<I, NoInfer<O>>
  ): Promise<ReadonlyArray<O>>
  /** Runs a function once for each item, each as a node. */
  each<I, const T extends Body<undefined>>(
    name: string,
    items: ReadonlyArray<I>,
    run: (item: I, context: TaskContext) => Noted<T, Checked<T, undefined, never, never>>,
    options?: EachOptions<I, Inferred<Yielded<T>>>
  ): Promise<ReadonlyArray<Inferred<Yielded<T>>>>
  /**
   * Starts a run of its own, once, and gives its handle; `result` waits for its end as a step of its own, in whichever
   * process that is.
   */
  startRun<I, O, E>(
    name: string,
    workflow: Inputless<I, O, E, any> & { readonly _tag: "Workflow" }
  ): Promise<ChildRun<O>>
  /** Starts a run of a workflow that has an input. */
  startRun<I, O, E>(
    name: string,
    workflow: Runnable<I, O, E, any> & { readonly _tag: "Workflow" },
    input: NoInfer<I>,
    options?: Omit<RunOptions, "wait">
  ): Promise<ChildRun<O>>
  /** Waits for a time, which runs on while no process does; a signal to the node ends it early. */
  sleep(name: string, duration: DurationInput): Promise<void>
  /** Waits for a signal with a typed value, or by a name for one without; one that came before is read at once. */
  receive<O = void, K extends PropertyKey = never, D = never>(
    signal: Signal<O> | string,
    options?: ReceiveOptions<O, D> & NotedKeys<K>
  ): Promise<Received<O, K>>
  /**
   * Ends this run and goes on in a new one of the same flow, with what has been signalled and not read; never returns.
   * A flow without an end does so every thousand steps or two: the record and the memory of a run grow with its steps.
   */
  continueAs(input: I): never
  /** Whether the run has come near to the limit of its nodes, so that it should continue as a new one. */
  readonly shouldContinue: boolean
  /** `Promise.all`: steps side by side. */
  readonly all: <const P extends ReadonlyArray<unknown>>(
    steps: P
  ) => Promise<{ -readonly [K in keyof P]: Awaited<P[K]> }>
  /** Now, in milliseconds since the epoch, as it was when the step of this name was first reached. */
  now(name: string): Promise<number>
  /** A number in [0, 1), always the same for a step of this name. */
  random(name: string): Promise<number>
  /** A UUID, always the same for a step of this name. */
  uuid(name: string): Promise<string>
}
