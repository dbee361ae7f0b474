// deno-lint-ignore-file no-explicit-any -- types are erased here, the public signatures carry them
/**
 * Tasks: units of work with typed input, output and errors. Plain frozen values; nothing runs until a node runs them.
 */
import type * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { admitNamed, admitOne, anything, callable, listOf, type Rules, text } from "./admit.ts"
import { cacheRule, treatmentRules } from "./authored.ts"
import { schema, schemaSpec } from "./schemaSpec.ts"
import { shown } from "./values.ts"
import { type CacheOption, impliedCache, toCache } from "./Cache.ts"
import { anyJson } from "./codec.ts"
import { type CodecSpec, type ErrorOf, type ErrorSpec, toCodec, toErrorCodec, type TypeOf } from "./codecSpec.ts"
import { type Compensation, compensationRule, toCompensation } from "./Compensation.ts"
import type { AnyTask, OnCrash } from "./Definition.ts"
import { type ExitHandler, type HookHandlers, toExitDef, toHooksDef } from "./Handler.ts"
import type { WithJson } from "./JsonOutput.ts"
import type { Noted, NotedKeys, ServiceName, WithRun } from "./Remedy.ts"
import { noTimeouts, type TimeoutOption, toTimeouts } from "./timeouts.ts"
import { normalizeRetry } from "./normalizeRetry.ts"
import type { RetryPolicy } from "./Retry.ts"
import { type PermitOptions, toPermits } from "./Semaphore.ts"
import type { Runnable } from "./Runnable.ts"
import type { TaskContext } from "./TaskContext.ts"

/** A task with input `I`, output `O`, typed errors `E` and required services `R`. */
export interface Task<in I = void, out O = void, out E = never, out R = never> extends Runnable<I, O, E, R> {
  /** Marks a task. */
  readonly _tag: "Task"
  /** What its author says of it; `undefined` without a word. */
  readonly description: string | undefined
}

/** Keys of Effect services. */
export type ServiceSpec = ReadonlyArray<Context.Key<any, any>>

/** The services behind a list of keys. */
export type ServiceOf<S extends ServiceSpec> = S[number]["Identifier"]

/**
 * What a body may return: anything, or an Effect that fits;
 * this gives the literals and tuples of Effects their context.
 */
export type Body<Out> = [Out] extends [undefined] ? unknown : NoEffect | Effect.Effect<TypeOf<Out>, unknown, unknown>

type NoEffect =
  | string
  | number
  | boolean
  | bigint
  | symbol
  | null
  | undefined
  | void
  | object & { readonly [Effect.TypeId]?: never }

/**
 * What a body returns, where it fits: errors and services are listed, a
 * schema is met or it is JSON; else what was expected, or the remedy.
 */
export type Checked<T, Out, E, R> = unknown extends ErrorsOf<T>
  ? [Out] extends [undefined] ? "Declare errors: […] first"
  : Expected<T, TypeOf<Out>, E, R>
  : [Exclude<ErrorsOf<T>, E>] extends [never]
    ? [Exclude<NeedsOf<T>, R | Scope.Scope>] extends [never] ? Fitting<T, Out, E, R>
    : `Add ${ServiceName<Exclude<NeedsOf<T>, R | Scope.Scope>>} to services first: services: […]`
  : `Declare errors: [${ErrorName<Exclude<ErrorsOf<T>, E>>}] first`

type Fitting<T, Out, E, R> = [Out] extends [undefined] ? WithJson<Yielded<T>, T>
  : [Yielded<T>] extends [TypeOf<Out>] ? T
  : Expected<T, TypeOf<Out>, E, R>

// Of the same kind as what was given, so that the compiler compares values with values.
type Expected<T, O, E, R> = [Extract<T, Effect.Effect<any, any, any>>] extends [never]
  ? T extends PromiseLike<any> ? Promise<O> : O
  : O | Promise<O> | Effect.Effect<O, E, R | Scope.Scope>

type ErrorsOf<T> = T extends Effect.Effect<any, infer E, any> ? Known<E> : never
type NeedsOf<T> = T extends Effect.Effect<any, any, infer R> ? Known<R> : never
type Known<T> = 0 extends 1 & T ? never : T
type ErrorName<E> = E extends { readonly _tag: infer Tag extends string } ? Tag : "…"

/** What comes out of a body. */
export type Yielded<T> = T extends Effect.Effect<infer O, any, any> ? O : Awaited<T>

/**
 * The output of a task without an `output` schema: what its
 * body gives; `undefined` is recorded, and so read, as `null`.
 */
export type Inferred<O> = [O] extends [void] ? void : undefined extends O ? Exclude<O, undefined> | null : Wide<O>

// `() => 5` gives a number, not a five; unions stay as they are.
type Wide<O> = [O] extends [string] ? One<O, string>
  : [O] extends [number] ? One<O, number>
  : [O] extends [boolean] ? boolean
  : O
type One<O, W, P = O> = O extends unknown ? [P] extends [O] ? W : P : never

/** The output of a task: that of its schema, or what its body gives. */
export type OutputType<Out, T> = [Out] extends [undefined] ? Inferred<Yielded<T>> : TypeOf<Out>

/** What handlers know of the output: that of the schema, if there is one. */
export type Declared<Out> = [Out] extends [undefined] ? unknown : TypeOf<Out>

/** The parts of a task besides its body. */
export interface TaskOptions<In, Out, Errors extends ErrorSpec, Services extends ServiceSpec>
  extends PermitOptions<TypeOf<In>> {
  /** A schema, or a record of fields; default none. */
  readonly input?: In
  /** A schema, or a record of fields; without one the output has to be plain JSON. */
  readonly output?: Out
  /** Schemas of tagged errors. The body may fail with these only; anything else it throws is a defect. */
  readonly errors?: Errors
  /** Effect services the body uses. */
  readonly services?: Services
  /** What it is for, shown in plans; default nothing. */
  readonly description?: string
  /** Whether results are reused, and what tells one from another; default: nothing is. */
  readonly cache?: CacheOption<TypeOf<In>>
  /** Default: one attempt. */
  readonly retry?: RetryPolicy<ErrorOf<Errors>>
  /** One duration limits each attempt; `total` limits all attempts together. Default none. */
  readonly timeout?: TimeoutOption
  /** The pool whose workers run the body, such as `"gpu"`; default: the process that executes the run does. */
  readonly on?: string
  /** What happens when the process died in the middle of an attempt: default `"rerun"`. */
  readonly onCrash?: OnCrash
  /** Runs once a node of it has ended, however it ended. */
  readonly onExit?: ExitHandler<Declared<Out>, ErrorOf<Errors>, ServiceOf<Services>>
  /** Handlers that run as a node of it starts, is tried again, succeeds or fails. */
  readonly hooks?: HookHandlers<Declared<Out>, ErrorOf<Errors>, ServiceOf<Services>>
  /**
   * Undoes what it did, once the run or the nested workflow that it is part of did not work out: in reverse order,
   * before exit handlers. Results that were reused are not undone.
   */
  readonly compensate?: Compensation<TypeOf<In>, Declared<Out>, ServiceOf<Services>>
}

const taskRules: Rules<TaskOptions<any, any, any, any> & { readonly run: unknown }> = {
  ...treatmentRules,
  input: schemaSpec,
  output: schemaSpec,
  errors: listOf(schema),
  services: listOf(anything),
  description: text,
  cache: cacheRule,
  onCrash: anything,
  compensate: compensationRule,
  run: callable
}

const admitTask = <A extends object>(name: unknown, options: A): A => {
  admitOne("the name of a task", name, text)
  const place = `the options of task ${shown(name)}`
  const admitted = admitNamed<A>(place, options, taskRules as unknown as Rules<A>)
  admitOne(`"run" of ${place}`, (admitted as { readonly run?: unknown }).run, callable)
  return admitted
}

/** Defines a task. Types are inferred from `input`, `output` (or what `run` returns), `errors` and `services`. */
export const task = <
  // `const` keeps literals narrow, so that `() => ({ kind: "a" })` fits a schema of literals.
  const T extends Body<Out>,
  Out extends CodecSpec | undefined = undefined,
  In extends CodecSpec | undefined = undefined,
  const Errors extends ErrorSpec = [],
  const Services extends ServiceSpec = [],
  K extends PropertyKey = never
>(
  name: WithRun<K>,
  options: TaskOptions<In, Out, Errors, Services> & NotedKeys<K> & {
    /** The work. It must end soon after `context.signal` fires. */
    readonly run: (
      input: TypeOf<In>,
      context: TaskContext
    ) => Noted<T, Checked<T, Out, ErrorOf<Errors>, ServiceOf<Services>>>
  }
): Task<TypeOf<In>, OutputType<Out, T>, ErrorOf<Errors>, ServiceOf<Services>> => {
  const given = admitTask(name, options)
  const output = given.output === undefined ? anyJson : toCodec(given.output)
  const error = toErrorCodec(given.errors)
  const input = toCodec(given.input)
  const services = Object.freeze([...given.services ?? []])
  const made: AnyTask = {
    _tag: "Task",
    name,
    description: given.description,
    input,
    output,
    error,
    retry: normalizeRetry(given.retry),
    permits: toPermits(given),
    timeouts: given.timeout === undefined ? noTimeouts : toTimeouts(given.timeout),
    onCrash: given.onCrash ?? "rerun",
    cache: given.cache === undefined
      ? impliedCache(name, given.run, given)
      : toCache(given.cache, name, given.run) || undefined,
    on: given.on,
    onExit: toExitDef(given.onExit, { output, error }),
    hooks: toHooksDef(given.hooks, { output, error }),
    services,
    compensate: toCompensation(name, given.compensate, { input, output }, services),
    run: given.run as AnyTask["run"]
  }
  return Object.freeze(made)
}
