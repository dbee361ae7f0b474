/** The types of the builder that `workflow` hands to its callback: where names, types and edges of nodes are given at once. */
import type { DurationInput } from "./millis.ts"
import type { CodecSpec, TypeOf } from "./codecSpec.ts"
import type { Condition } from "./Condition.ts"
import type { HookInfo, HookName } from "./Definition.ts"
import type { ExitHandler, Handler, HookHandlers } from "./Handler.ts"
import type { TimeoutOption } from "./timeouts.ts"
import type { Asked, InputRef, NodeRef, Read, Ref } from "./Ref.ts"
import type { RetryPolicy } from "./Retry.ts"
import type { PermitOptions } from "./Semaphore.ts"
import type { Runnable } from "./Runnable.ts"
import type { Signal } from "./Signal.ts"

/** References by the name a mapping or guard uses. */
export type Needs = Readonly<Record<string, Ref<unknown>>>

/** No references. */
export type NoNeeds = Readonly<Record<never, never>>

/** What a mapping or guard receives; with `depends`, which may let a node run after failures, each value may be missing. */
export type Values<N extends Needs, P> = {
  readonly [K in keyof N]: Read<N[K]> | ([P] extends [never] ? never : undefined)
}

/** Which failures of a node its readers go on after. */
export interface ContinueOn {
  readonly failed?: boolean
  readonly error?: boolean
}

/** A guard: `false` skips the node. */
export type Guard<N extends Needs, P, WI> = (needs: Values<N, P>, input: WI) => boolean

/** A value, or a reference to it; lists and records may mix both one level down. */
export type Bindable<T> = T | Ref<T> | (T extends ReadonlyArray<infer V> ? ReadonlyArray<V | Ref<V>> : never)

/** What a map goes over: a list, or a reference to one. */
export type Items = Ref<ReadonlyArray<unknown>> | ReadonlyArray<unknown>

/** The type of one item. */
export type ItemOf<T> = T extends ReadonlyArray<infer V> ? V : Read<T> extends ReadonlyArray<infer V> ? V : never

/** How a node's input is made: a value, a reference, a record of both (each reference is an edge), or a mapping. */
export type InputBinding<I, N extends Needs, P, WI> =
  | NoInfer<I>
  | Ref<NoInfer<I>>
  | (I extends object ? { readonly [K in keyof I]: NoInfer<Bindable<I[K]>> } : never)
  | ((needs: Values<N, P>, input: WI) => NoInfer<I>)

/** What all kinds of nodes can have. */
export interface PlaceOptions<N extends Needs, P, D> {
  /** Values this node reads, by the name its mapping and guard use; each is an edge. */
  readonly needs?: N
  /** Nodes that only have to come first. */
  readonly after?: ReadonlyArray<Asked>
  /** When to run, by the outcomes of other nodes; default: all succeeded, were skipped, or failed with `continueOn`. */
  readonly depends?: P
  /** What readers read when there is no output. */
  readonly default?: D
  readonly description?: string
}

/** A node that may end without an output that its readers wait for. */
export interface Guarded<N extends Needs, P, WI> {
  /** A guard; when it answers `false` the node is skipped. */
  readonly when?: Guard<N, P, WI>
  /** Readers go on after these failures. */
  readonly continueOn?: ContinueOn
}

/** A node whose readers run only after it succeeded. */
export interface Unguarded {
  readonly when?: undefined
  readonly continueOn?: undefined
}

/** What is done about failures and time; given here it replaces what the task says. */
export interface Treatment<O, E, R> extends PermitOptions {
  readonly retry?: RetryPolicy<E>
  readonly timeout?: TimeoutOption
  readonly onExit?: ExitHandler<O, E, R>
  readonly hooks?: HookHandlers<O, E, R>
}

/** Options of `w.node`, input and guards excepted. */
export interface NodeOptions<O, E, R, N extends Needs, P, D> extends PlaceOptions<N, P, D>, Treatment<O, E, R> {}

/** Options of `w.map`, guards excepted. Retry, timeout and handlers are about the map as a whole; those in `item` are about each item. */
export interface MapOptions<T, O, E, R, N extends Needs, P, D> extends NodeOptions<ReadonlyArray<O>, E, R, N, P, D> {
  /** The identity of an item, part of its path; default its index. */
  readonly key?: (item: T, index: number) => string
  /** Items open at once; default as many as the engine allows. */
  readonly concurrency?: number
  /** The first failure cancels the other items; default: all items run to their end. */
  readonly failFast?: boolean
  readonly item?: Treatment<O, E, R>
}

/** Options of `w.suspend`, guards excepted. */
export interface SuspendOptions<N extends Needs, P, D, L> extends PlaceOptions<N, P, D> {
  /** Resumes by itself after this time, with `default`; default never. */
  readonly duration?: L
}

/** What readers of a node that may have no output see. */
export type Or<O, D> = [D] extends [never] ? O | undefined : O

/** What readers of a suspended node see: without a default, `undefined` when the time ran out. */
export type Resumed<O, D, L> = [L] extends [never] ? O : Or<O, D>

/** Builds the graph of a workflow with input `I`, output `O`, typed errors `E` and services `R`. Mistakes are collected, never thrown. */
export interface Builder<I, O, E, R> {
  /** The workflow's input, with a reference to each field beside it. */
  readonly input: InputRef<I>

  /** Adds a node that runs a task or workflow; without input it needs no `input`. */
  node<NO, NE, N extends Needs = NoNeeds, P extends Condition = never, D extends NO = never>(
    name: string,
    runnable: Runnable<void, NO, NE, R>,
    options?: NodeOptions<NO, NE, R, N, P, D> & Unguarded & { readonly input?: undefined }
  ): NodeRef<NO, NE>
  node<NO, NE, N extends Needs = NoNeeds, P extends Condition = never, D extends NO = never>(
    name: string,
    runnable: Runnable<void, NO, NE, R>,
    options: NodeOptions<NO, NE, R, N, P, D> & Guarded<N, P, I> & { readonly input?: undefined }
  ): NodeRef<Or<NO, D>, NE, NO>
  node<NI, NO, NE, N extends Needs = NoNeeds, P extends Condition = never, D extends NO = never>(
    name: string,
    runnable: Runnable<NI, NO, NE, R>,
    options: NodeOptions<NO, NE, R, N, P, D> & Unguarded & { readonly input: InputBinding<NI, N, P, I> }
  ): NodeRef<NO, NE>
  node<NI, NO, NE, N extends Needs = NoNeeds, P extends Condition = never, D extends NO = never>(
    name: string,
    runnable: Runnable<NI, NO, NE, R>,
    options: NodeOptions<NO, NE, R, N, P, D> & Guarded<N, P, I> & {
      readonly input: InputBinding<NI, N, P, I>
    }
  ): NodeRef<Or<NO, D>, NE, NO>

  /** Adds a node that runs a task or workflow once for each item of a list; its output is the list of outputs in the order of the items. */
  map<
    T extends Items,
    NI,
    NO,
    NE,
    N extends Needs = NoNeeds,
    P extends Condition = never,
    D extends ReadonlyArray<NO> = never
  >(
    name: string,
    items: T,
    runnable: Runnable<NI, NO, NE, R>,
    input: (item: ItemOf<T>, index: number, needs: Values<N, P>, input: I) => NoInfer<NI>,
    options?: MapOptions<ItemOf<T>, NO, NE, R, N, P, D> & Unguarded
  ): NodeRef<ReadonlyArray<NO>, NE>
  map<
    T extends Items,
    NI,
    NO,
    NE,
    N extends Needs = NoNeeds,
    P extends Condition = never,
    D extends ReadonlyArray<NO> = never
  >(
    name: string,
    items: T,
    runnable: Runnable<NI, NO, NE, R>,
    input: (item: ItemOf<T>, index: number, needs: Values<N, P>, input: I) => NoInfer<NI>,
    options: MapOptions<ItemOf<T>, NO, NE, R, N, P, D> & Guarded<N, P, I>
  ): NodeRef<Or<ReadonlyArray<NO>, D>, NE, ReadonlyArray<NO>>

  /** Adds a node that waits for a signal with a typed value (an approval, an answer), sent by the name of the node. */
  suspend<
    S,
    N extends Needs = NoNeeds,
    P extends Condition = never,
    D extends S = never,
    L extends DurationInput = never
  >(
    signal: Signal<S>,
    options?: SuspendOptions<N, P, D, L> & Unguarded
  ): NodeRef<Resumed<S, D, L>>
  suspend<
    S,
    N extends Needs = NoNeeds,
    P extends Condition = never,
    D extends S = never,
    L extends DurationInput = never
  >(
    signal: Signal<S>,
    options: SuspendOptions<N, P, D, L> & Guarded<N, P, I>
  ): NodeRef<Or<S, D>>
  suspend<
    S extends CodecSpec | undefined = undefined,
    N extends Needs = NoNeeds,
    P extends Condition = never,
    D extends TypeOf<S> = never,
    L extends DurationInput = never
  >(
    name: string,
    options?: SuspendOptions<N, P, D, L> & Unguarded & { readonly output?: S }
  ): NodeRef<Resumed<TypeOf<S>, D, L>>
  suspend<
    S extends CodecSpec | undefined = undefined,
    N extends Needs = NoNeeds,
    P extends Condition = never,
    D extends TypeOf<S> = never,
    L extends DurationInput = never
  >(
    name: string,
    options: SuspendOptions<N, P, D, L> & Guarded<N, P, I> & { readonly output?: S }
  ): NodeRef<Or<TypeOf<S>, D>>

  /** Adds a node that waits for a time; a signal ends it early. */
  sleep<N extends Needs = NoNeeds, P extends Condition = never>(
    name: string,
    duration: DurationInput,
    options?: PlaceOptions<N, P, undefined> & Guarded<N, P, I>
  ): NodeRef<void>

  /** Handles the end of the run (or of the node, where the workflow is nested). */
  onExit(handler: ExitHandler<O, E, R>): void

  /** Handles a hook of the run. */
  on(hook: HookName, handler: Handler<HookInfo<O, E>, R>): void

  /** Conditions on a node that need not be defined yet. */
  outcome(name: string): Asked
}
