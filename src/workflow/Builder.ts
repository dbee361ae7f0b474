/** The types of the builder that `workflow` hands to its callback: where names, types and edges of nodes are given at once. */
import type * as Duration from "effect/Duration"
import type { CodecSpec, TypeOf } from "./codecSpec.ts"
import type { Condition } from "./Condition.ts"
import type { HookInfo, HookName } from "./Definition.ts"
import type { ExitHandler, Handler, HookHandlers } from "./Handler.ts"
import type { TimeoutOption } from "./millis.ts"
import type { Asked, InputRef, NodeRef, Read, Ref } from "./Ref.ts"
import type { RetryPolicy } from "./Retry.ts"
import type { Runnable } from "./Runnable.ts"
import type { Signal } from "./Signal.ts"

/** References by the name a mapping or guard uses. */
export type Needs = Readonly<Record<string, Ref<unknown>>>

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

/** How a node's input is made: a value, a reference, a record of both (each reference is an edge), or a mapping. */
export type InputBinding<I, N extends Needs, P, WI> =
  | I
  | Ref<I>
  | (I extends object ? { readonly [K in keyof I]: Bindable<I[K]> } : never)
  | ((needs: Values<N, P>, input: WI) => I)

/** What all kinds of nodes can have. `W`, `C`, `D` and `P` only record what was given. */
export interface PlaceOptions<O, N extends Needs, W, C, D, P> {
  /** Values this node reads, by the name its mapping and guard use; each is an edge. */
  readonly needs?: N
  /** Nodes that only have to come first. */
  readonly after?: ReadonlyArray<Asked>
  /** When to run, by the outcomes of other nodes; default: all succeeded, were skipped, or failed with `continueOn`. */
  readonly depends?: P
  /** A guard; when it answers `false` the node is skipped. */
  readonly when?: W
  /** Readers go on after these failures. */
  readonly continueOn?: C
  /** What readers read when there is no output. */
  readonly default?: D
  readonly description?: string
}

/** What is done about failures and time; given here it replaces what the task says. */
export interface Treatment<O, E, R> {
  readonly retry?: RetryPolicy<E>
  readonly timeout?: TimeoutOption
  readonly onExit?: ExitHandler<O, E, R>
  readonly hooks?: HookHandlers<O, E, R>
}

/** Options of `w.node`, the input excepted. */
export interface NodeOptions<O, E, R, N extends Needs, W, C, D, P>
  extends PlaceOptions<O, N, W, C, D, P>, Treatment<O, E, R>
{}

/** Options of `w.map`. Retry, timeout and handlers are about the map as a whole; those in `item` are about each item. */
export interface MapOptions<T, O, E, R, N extends Needs, W, C, D, P>
  extends PlaceOptions<ReadonlyArray<O>, N, W, C, D, P>, Treatment<ReadonlyArray<O>, E, R>
{
  /** The identity of an item, part of its path; default its index. */
  readonly key?: (item: T, index: number) => string
  /** Items open at once; default as many as the engine allows. */
  readonly concurrency?: number
  /** The first failure cancels the other items; default: all items run to their end. */
  readonly failFast?: boolean
  readonly item?: Treatment<O, E, R>
}

/** Options of `w.suspend`. */
export interface SuspendOptions<S, O, N extends Needs, W, C, D, P> extends PlaceOptions<O, N, W, C, D, P> {
  /** The schema of the value it waits for; default none. */
  readonly output?: S
  /** Resumes by itself after this time, with `default`; default never. */
  readonly duration?: Duration.Input
}

/** What readers of a node see: `undefined` is possible when it may be skipped or failed and has no default. */
export type Seen<O, W, C, D> = [W] extends [never] ? [C] extends [never] ? O : Or<O, D> : Or<O, D>

type Or<O, D> = [D] extends [never] ? O | undefined : O

/** What readers of a suspended node see: without a default, `undefined` when the time ran out. */
export type Awaited<O, Timed, W, C, D> = [Timed] extends [never] ? Seen<O, W, C, D> : Or<O, D>

/** Builds the graph of a workflow with input `I`, output `O`, typed errors `E` and services `R`. Mistakes are collected, never thrown. */
export interface Builder<I, O, E, R> {
  /** The workflow's input, with a reference to each field beside it. */
  readonly input: InputRef<I>

  /** Adds a node that runs a task or workflow without input. */
  node<
    NO,
    NE,
    N extends Needs = {},
    P extends Condition = never,
    W extends Guard<N, P, I> = never,
    C extends ContinueOn = never,
    D extends NO = never
  >(
    name: string,
    runnable: Runnable<void, NO, NE, R>,
    options?: NodeOptions<NO, NE, R, N, W, C, D, P> & { readonly input?: undefined }
  ): NodeRef<Seen<NO, W, C, D>, NE, NO>
  /** Adds a node that runs a task or workflow. */
  node<
    NI,
    NO,
    NE,
    N extends Needs = {},
    P extends Condition = never,
    W extends Guard<N, P, I> = never,
    C extends ContinueOn = never,
    D extends NO = never
  >(
    name: string,
    runnable: Runnable<NI, NO, NE, R>,
    options: NodeOptions<NO, NE, R, N, W, C, D, P> & { readonly input: InputBinding<NoInfer<NI>, N, P, I> }
  ): NodeRef<Seen<NO, W, C, D>, NE, NO>

  /** Adds a node that runs a task or workflow once for each item of a list; its output is the list of outputs in the order of the items. */
  map<
    T,
    NI,
    NO,
    NE,
    N extends Needs = {},
    P extends Condition = never,
    W extends Guard<N, P, I> = never,
    C extends ContinueOn = never,
    D extends ReadonlyArray<NO> = never
  >(
    name: string,
    items: Ref<ReadonlyArray<T>> | ReadonlyArray<T>,
    runnable: Runnable<NI, NO, NE, R>,
    input: (item: NoInfer<T>, index: number, needs: Values<N, P>, input: I) => NoInfer<NI>,
    options?: MapOptions<T, NO, NE, R, N, W, C, D, P>
  ): NodeRef<Seen<ReadonlyArray<NO>, W, C, D>, NE, ReadonlyArray<NO>>

  /** Adds a node that waits for a signal with a typed value, or for an approval. */
  suspend<
    O2,
    N extends Needs = {},
    P extends Condition = never,
    W extends Guard<N, P, I> = never,
    C extends ContinueOn = never,
    D extends O2 = never,
    T extends Duration.Input = never
  >(
    signal: Signal<O2>,
    options?: Omit<SuspendOptions<undefined, O2, N, W, C, D, P>, "output" | "duration"> & { readonly duration?: T }
  ): NodeRef<Awaited<O2, T, W, C, D>>
  /** Adds a node that waits for a signal sent to its name. */
  suspend<
    S extends CodecSpec | undefined = undefined,
    N extends Needs = {},
    P extends Condition = never,
    W extends Guard<N, P, I> = never,
    C extends ContinueOn = never,
    D extends TypeOf<S> = never,
    T extends Duration.Input = never
  >(
    name: string,
    options?: Omit<SuspendOptions<S, TypeOf<S>, N, W, C, D, P>, "duration"> & { readonly duration?: T }
  ): NodeRef<Awaited<TypeOf<S>, T, W, C, D>>

  /** Adds a node that waits for a time; a signal ends it early. */
  sleep<N extends Needs = {}, P extends Condition = never, W extends Guard<N, P, I> = never>(
    name: string,
    duration: Duration.Input,
    options?: Omit<PlaceOptions<void, N, W, never, never, P>, "default" | "continueOn">
  ): NodeRef<void>

  /** Handles the end of the run (or of the node, where the workflow is nested). */
  onExit(handler: ExitHandler<O, E, R>): void

  /** Handles a hook of the run. */
  on(hook: HookName, handler: Handler<HookInfo<O, E>, R>): void

  /** Conditions on a node that need not be defined yet. */
  outcome(name: string): Asked
}
