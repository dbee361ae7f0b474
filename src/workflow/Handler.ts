// deno-lint-ignore-file no-explicit-any -- types are erased here, the public signatures carry them
/**
 * Exit handlers and hooks as authors write them: a function, or a
 * task or workflow with a mapping of what happened to its input.
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { admitNamed, admitOne, callable, defined } from "./admit.ts"
import type { AnyCodec, AnyTask, ExitInfo, HandlerDef, HookInfo, HookName, HooksDef } from "./Definition.ts"
import { declaredOnly, exitCodec } from "./exitCodec.ts"
import type { Absent, Noted } from "./Remedy.ts"
import { noTimeouts } from "./timeouts.ts"
import type { Runnable } from "./Runnable.ts"
import type { TaskContext } from "./TaskContext.ts"

/** A task or workflow that handles what `X` tells. */
export interface MappedHandler<in X, out R> {
  /** Marks a handler. */
  readonly _tag: "Handler"
  /** What the engine runs. */
  readonly def: HandlerDef
  /** Exists for the type checker only. */
  readonly "~types"?: { readonly told: (told: X) => void; readonly services: R }
}

/** What handles `X`: an inline function, or `handler(task, (exit) => input)`. What it returns is not kept. */
export type Handler<X, R> =
  | ((told: X, context: TaskContext) => void | Promise<void> | Effect.Effect<void, unknown, R | Scope.Scope>)
  | MappedHandler<X, R>

/** An exit handler: it runs after success, failure, timeout and stop, and receives the outcome. */
export type ExitHandler<O, E, R> = Handler<ExitInfo<O, E>, R>

/** Handlers by hook. */
export type HookHandlers<O, E, R> = Readonly<Partial<Record<HookName, Handler<HookInfo<O, E>, R>>>>

/** When a handler runs. */
export interface HandlerOptions<X> {
  /**
   * Whether it runs, by what happened; default always. It must depend on nothing else, since it is asked again after a
   * restart. One that throws is recorded as a handler that failed.
   */
  readonly when?: (told: X) => boolean
}

/** Handles with a task or workflow of its own, whose input is made from what happened. */
export const handler = <I, X, R, G = Absent>(
  runnable: Runnable<I, any, any, R>,
  input: Noted<G, (told: X) => NoInfer<I>>,
  options: HandlerOptions<NoInfer<X>> = {}
): MappedHandler<X, R> => {
  admitOne("what handles", runnable, defined("Task", "Workflow"))
  admitOne("what makes the input of a handler", input, callable)
  const { when } = admitNamed<HandlerOptions<X>>("the options of a handler", options, { when: callable })
  return Object.freeze({
    _tag: "Handler" as const,
    def: Object.freeze({
      task: runnable as unknown as HandlerDef["task"],
      input: input as unknown as HandlerDef["input"],
      when: when as HandlerDef["when"]
    })
  })
}

/** The schemas of whatever is being handled. */
export interface Handled {
  readonly output: AnyCodec
  readonly error: AnyCodec | undefined
}

type AnyHandler = Handler<any, any>

/** The engine's form of a handler. */
const toHandlerDef = (name: string, given: AnyHandler, of: Handled): HandlerDef => {
  if (typeof given !== "function") return given.def
  return Object.freeze({ task: inlineTask(name, given, of), input: (exit: HookInfo) => declaredOnly(exit, of.error) })
}

/** The engine's form of an optional handler. */
export const toExitDef = (given: AnyHandler | undefined, of: Handled): HandlerDef | undefined =>
  given === undefined ? undefined : toHandlerDef("onExit", given, of)

/** The engine's form of handlers by hook. */
export const toHooksDef = (given: HookHandlers<any, any, any> | undefined, of: Handled): HooksDef => {
  if (given === undefined) return noHooks
  const entries = Object.entries(given).filter(([, one]) => one !== undefined)
  if (entries.length === 0) return noHooks
  return Object.freeze(Object.fromEntries(entries.map(([name, one]) => [name, toHandlerDef(name, one, of)])))
}

/** No hooks. */
export const noHooks: HooksDef = Object.freeze({})

const inlineTask = (name: string, run: Extract<AnyHandler, (...args: any) => any>, of: Handled): AnyTask =>
  Object.freeze({
    _tag: "Task" as const,
    name,
    description: undefined,
    input: exitCodec(of.output, of.error),
    output: Schema.Void,
    error: undefined,
    retry: undefined,
    timeouts: noTimeouts,
    onCrash: "rerun" as const,
    onExit: undefined,
    hooks: noHooks,
    services: [],
    permits: undefined,
    run
  })
