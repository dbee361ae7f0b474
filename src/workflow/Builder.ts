/**
 * The types of the builder that `workflow` hands to its callback:
 * where names, types and edges of nodes are given at once.
 */
import type { DurationInput } from "./millis.ts"
import type { CodecSpec, TypeOf } from "./codecSpec.ts"
import type { CacheOption } from "./Cache.ts"
import type { UndoOption } from "./Compensation.ts"
import type { Condition, FailuresAsked } from "./Condition.ts"
import type { FailFast, HookInfo, HookName, OnParentEnd } from "./Definition.ts"
import type { ExitHandler, Handler, HookHandlers } from "./Handler.ts"
import type { TimeoutOption } from "./timeouts.ts"
import type { Asked, Failures, FailuresIn, InputRef, NodeRef, Read, Ref } from "./Ref.ts"
import type { InputBinding, Needs, NoNeeds, Values } from "./InputBinding.ts"
import type { Absent, Noted, NotedKeys, WithInput, WithoutInput, WithServices } from "./Remedy.ts"
import type { ResultOf, Returned } from "./Returned.ts"
import type { RetryPolicy } from "./Retry.ts"
import type { PermitOptions } from "./Semaphore.ts"
import type { Runnable } from "./Runnable.ts"
import type { Signal } from "./Signal.ts"

/** Which failures of a node its readers go on after. */
export interface ContinueOn {
  /** Whether readers go on after a failure of its own work; default false. */
  readonly failed?: boolean
  /** Whether readers go on after an error, where something other than its own work went wrong; default false. */
  readonly error?: boolean
}

/** The type of one item. */
export type ItemOf<T> = T extends ReadonlyArray<infer V> ? V : Read<T> extends ReadonlyArray<infer V> ? V : never

/** What all kinds of nodes can have. */
export interface PlaceOptions<O, N extends Needs, P, D, A, WI> {
  /** Values this node reads, by the name its mapping and guard use; each is an edge. */
  readonly needs?: N
  /** Nodes that only have to come first. */
  readonly after?: Noted<A, ReadonlyArray<Asked>>
  /** When to run, by the outcomes of other nodes; default: all succeeded, were skipped, or failed with `continueOn`. */
  readonly depends?: P
  /** A guard; when it answers `false` the node is skipped. */
  readonly when?: (needs: Values<N, P>, input: WI) => boolean
  /** Readers go on after these failures. */
  readonly continueOn?: ContinueOn
  /** What readers read when there is no output. */
  readonly default?: Noted<D, O>
  /**
   * What it was called before it was renamed, all former names of it where there are several: runs that began under one
   * of them go on with it, and keep the name.
   */
  readonly renamedFrom?: string | ReadonlyArray<string>
  /** What it is for, shown in plans; default what the task or workflow says of itself. */
  readonly description?: string
}

/** What is done about failures and time; given here it replaces what the task says. */
export interface Treatment<O, E, R, I = never> extends PermitOptions<I> {
  /** When and how often it is tried again. */
  readonly retry?: RetryPolicy<E>
  /** How long an attempt and all of it may take. */
  readonly timeout?: TimeoutOption
  /** Runs once the node has ended, however it ended. */
  readonly onExit?: ExitHandler<O, E, R>
  /** Handlers that run as the node starts, is tried again, succeeds or fails. */
  readonly hooks?: HookHandlers<O, E, R>
  /** Whether results of its task are reused; what is said here goes before what the task says. */
  readonly cache?: CacheOption
  /** The pool whose workers run its task; what is said here goes before what the task says. */
  readonly on?: string
}

/** Options of `w.node`, input excepted. */
export interface NodeOptions<O, E, R, N extends Needs, P, D, A, WI, I = never>
  extends PlaceOptions<O, N, P, D, A, WI>, Treatment<O, E, R, I> {}

/** How a run that a node starts is tied to the run of the node. */
export interface RunOptions<W extends boolean = boolean> {
  /** Whether the node lasts until its run has ended; default true. */
  readonly wait?: W
  /** What becomes of an open run once the one that started it ends; default `"leave"`. */
  readonly onParentEnd?: OnParentEnd
  /** The id of the run; default one that follows from the node. */
  readonly id?: string
}

/** The option `input`, for what takes `I`. */
export type InputOption<I, B> = [I] extends [void] ? { readonly input?: B } : { readonly input: B }

/**
 * Options of `w.map`. Retry, timeout and handlers are about the map as a whole; those in `item` are about each item.
 */
export interface MapOptions<T, O, E, R, N extends Needs, P, D, A, WI, I = never>
  extends NodeOptions<ReadonlyArray<O>, E, R, N, P, D, A, WI> {
  /** The identity of an item, part of its path; default its index. */
  readonly key?: (item: T, index: number) => string
  /** Items open at once; default as many as the engine allows. */
  readonly concurrency?: number
  /**
   * The first failure cancels the other items; with `"hold"` those that run end, and nothing more begins. Default: all
   * items run to their end.
   */
  readonly failFast?: FailFast
  /** What is done about failures and time of each item, and how it is undone. */
  readonly item?: Treatment<O, E, R, I> & UndoOption<I, O, R>
}

/** Options of `w.suspend`. */
export interface SuspendOptions<O, N extends Needs, P, D, A, WI> extends PlaceOptions<O, N, P, D, A, WI> {
  /** Resumes by itself after this time, with `default`; default never. */
  readonly duration?: DurationInput
}

/**
 * What readers see of a node with output `O` and options of the names
 * `K`: without a default `undefined` where it may have no output.
 */
export type Seen<O, K, Missing = "when" | "continueOn"> = "default" extends K ? O
  : [Extract<K, Missing>] extends [never] ? O
  : O | undefined

/**
 * Builds the graph of a workflow with input `I`, output `O`, typed
 * errors `E` and services `R`. Mistakes are collected, never thrown.
 */
export interface Builder<I, O, E, R> {
  /** The workflow's input, with a reference to each field beside it. */
  readonly input: InputRef<I>

  /** Adds a node that runs a task or workflow; without input it needs no `input`. */
  node<NI, NO, NE, NR>(
    name: string,
    runnable: WithServices<NR, R, "the workflow", WithInput<NI, never, Runnable<NI, NO, NE, NR>>>
  ): NodeRef<NO, NE>
  /** Adds a node that runs a task or workflow, with options and its input where it needs one. */
  node<
    NI,
    NO,
    NE,
    NR,
    K extends PropertyKey = never,
    G = Absent,
    N extends Needs = NoNeeds,
    P extends Condition = never,
    D = never,
    A = never
  >(
    name: string,
    runnable: WithServices<NR, R, "the workflow", WithInput<NI, K, Runnable<NI, NO, NE, NR>>>,
    options:
      & NodeOptions<NO, NE, R, N, P, D, A, I, NoInfer<NI>>
      & UndoOption<NoInfer<NI>, NoInfer<NO>, R>
      & InputOption<NI, Noted<G, InputBinding<G, NI, N, P, I>>>
      & NotedKeys<K>
  ): NodeRef<Seen<NO, K>, NE, NO, NE | FailuresBefore<N, A, P> | FailuresIn<G>>

  /**
   * Adds a node that starts a run of its own and, unless `wait` is false, lasts until that has ended. Its output is
   * that of the run, or without waiting the id of the run.
   */
  run<
    NI,
    NO,
    NE,
    NR,
    K extends PropertyKey = never,
    G = Absent,
    N extends Needs = NoNeeds,
    P extends Condition = never,
    D = never,
    A = never,
    W extends boolean = true
  >(
    name: string,
    workflow: WithServices<
      NR,
      R,
      "the workflow",
      WithInput<NI, K, Runnable<NI, NO, NE, NR> & { readonly _tag: "Workflow" }>
    >,
    options?:
      & PlaceOptions<W extends false ? string : NO, N, P, D, A, I>
      & RunOptions<W>
      & InputOption<NI, Noted<G, InputBinding<G, NI, N, P, I>>>
      & NotedKeys<K>
  ): NodeRef<
    Seen<W extends false ? string : NO, K>,
    W extends false ? never : NE,
    W extends false ? string : NO,
    (W extends false ? never : NE) | FailuresBefore<N, A, P> | FailuresIn<G>
  >

  /**
   * Adds a node that makes its graph of a value that another node gave. The function is called with the recorded value
   * in each life of the run and must give the same graph for it; it only builds, as that of a workflow.
   */
  expand<
    const T extends Ref<unknown>,
    Made,
    K extends PropertyKey = never,
    N extends Needs = NoNeeds,
    P extends Condition = never,
    D = never,
    A = never
  >(
    name: string,
    value: T,
    build: (value: Read<T>, g: Builder<Read<T>, unknown, unknown, R>) => Returned<Made, undefined>,
    options?: PlaceOptions<ResultOf<Made>, N, P, D, A, I> & Treatment<ResultOf<Made>, never, R> & NotedKeys<K>
  ): NodeRef<Seen<ResultOf<Made>, K>, never, ResultOf<Made>, Failures<T> | FailuresBefore<N, A, P>>

  /**
   * Adds a node that runs a task or workflow once for each item of a
   * list; its output is the list of outputs in the order of the items.
   */
  map<const T extends ReadonlyArray<unknown> | Ref<ReadonlyArray<unknown>>, NI, NO, NE, NR>(
    name: string,
    items: T,
    runnable: WithServices<
      NR,
      R,
      "the workflow",
      WithoutInput<
        NI,
        "The input of each item is missing: w.map(name, items, task, (item) => …)",
        Runnable<NI, NO, NE, NR>
      >
    >
  ): NodeRef<ReadonlyArray<NO>, NE, ReadonlyArray<NO>, NE | Failures<T>>
  /** Adds a node that runs a task or workflow once for each item, with a mapping from the item to its input. */
  map<
    const T extends ReadonlyArray<unknown> | Ref<ReadonlyArray<unknown>>,
    NI,
    NO,
    NE,
    NR,
    K extends PropertyKey = never,
    G = Absent,
    N extends Needs = NoNeeds,
    P extends Condition = never,
    D = never,
    A = never
  >(
    name: string,
    items: T,
    runnable: WithServices<NR, R, "the workflow", Runnable<NI, NO, NE, NR>>,
    input: Noted<G, (item: ItemOf<T>, index: number, needs: Values<N, P>, input: I) => NoInfer<NI>>,
    options?: MapOptions<ItemOf<T>, NO, NE, R, N, P, D, A, I, NoInfer<NI>> & NotedKeys<K>
  ): NodeRef<Seen<ReadonlyArray<NO>, K>, NE, ReadonlyArray<NO>, NE | Failures<T> | FailuresBefore<N, A, P>>

  /** Adds a node that waits for a signal with a typed value (an approval, an answer), sent by the name of the node. */
  suspend<
    S = void,
    C extends CodecSpec | undefined = undefined,
    K extends PropertyKey = never,
    N extends Needs = NoNeeds,
    P extends Condition = never,
    D = never,
    A = never
  >(
    signal: string | Signal<S>,
    options?: SuspendOptions<Awaiting<S, C>, N, P, D, A, I> & { readonly output?: C } & NotedKeys<K>
  ): NodeRef<
    Seen<Awaiting<S, C>, K, "when" | "continueOn" | "duration">,
    never,
    Awaiting<S, C>,
    FailuresBefore<N, A, P>
  >

  /** Adds a node that waits for a time; a signal ends it early. */
  sleep<N extends Needs = NoNeeds, P extends Condition = never, A = never>(
    name: string,
    duration: DurationInput,
    options?: PlaceOptions<undefined, N, P, undefined, A, I>
  ): NodeRef<void, never, void, FailuresBefore<N, A, P>>

  /** Handles the end of the run (or of the node, where the workflow is nested). */
  onExit(handler: ExitHandler<O, E, R>): void

  /** Handles a hook of the run. */
  on(hook: HookName, handler: Handler<HookInfo<O, E>, R>): void

  /** Conditions on a node that need not be defined yet. */
  outcome(name: string): Asked
}

/** The errors of what comes first: what is needed, what only has to be done, and what is asked about. */
export type FailuresBefore<N extends Needs, A, P> =
  | FailuresAsked<P>
  | Failures<N[keyof N]>
  | (A extends ReadonlyArray<infer One> ? Failures<One> : never)

/** What a suspended node waits for: the value of its signal, or of its `output`. */
export type Awaiting<S, C> = [C] extends [undefined] ? S : TypeOf<C>
