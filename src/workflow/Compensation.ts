// deno-lint-ignore-file no-explicit-any -- types are erased here, the public signatures carry them
/** Compensation: what a task brings with it to undo what it did, once what it was part of did not work out. */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { admit, anything, callable, oneOf, type Rule } from "./admit.ts"
import type { AnyCodec, AnyTask, CompensationDef } from "./Definition.ts"
import { noHooks } from "./Handler.ts"
import { normalizeRetry } from "./normalizeRetry.ts"
import type { RetryPolicy } from "./Retry.ts"
import type { TaskContext } from "./TaskContext.ts"
import { noTimeouts } from "./timeouts.ts"
import { shown } from "./values.ts"

/** What a compensation is told: what the task was given, what it gave, and why that is undone. */
export interface Undo<I, O> {
  /** What the task was given. */
  readonly input: I
  /** What the task gave; where it only began, nothing. */
  readonly output: O
  /** How the run, or the nested workflow, ended. */
  readonly cause: { readonly reason: string; readonly message: string }
  /** The id of the run. */
  readonly run: string
  /** The path of the node that is undone. */
  readonly node: string
}

/** A function that undoes; what it returns is not kept. */
export type Undoes<I, O, R> = (
  undo: Undo<I, O>,
  context: TaskContext
) => void | Promise<void> | Effect.Effect<void, unknown, R | Scope.Scope>

/** When an undo that fails is tried again. */
export interface CompensationRetry {
  /** Default: for ever, after 1 second at first and 1 hour at most. */
  readonly retry?: RetryPolicy<never>
}

/** How what a task did is undone. */
export type Compensation<I, O, R> =
  | Undoes<I, O, R>
  | CompensationRetry & { readonly when: "succeeded"; readonly run: Undoes<I, O, R> }
  /** Also where it is in doubt whether the task did something: its attempt was cut off. Then there is no output. */
  | CompensationRetry & { readonly when: "began"; readonly run: Undoes<I, O | undefined, R> }

const rules = { when: oneOf(["succeeded", "began"]), retry: anything, run: callable }

/** The rule for the option. */
export const compensationRule: Rule = (value) =>
  typeof value === "function" || typeof value === "object" && value !== null && "run" in value
    ? undefined
    : { what: `is ${shown(value)}`, hint: "Use a function, or { run, when, retry }" }

const patient = { backoff: { duration: "1 second", cap: "1 hour" } } as const

interface Given {
  readonly when?: "succeeded" | "began"
  readonly retry?: RetryPolicy<never>
  readonly run: AnyTask["run"]
}

/** The engine's form, for a task with these schemas. */
export const toCompensation = (
  name: string,
  given: Compensation<any, any, any> | undefined,
  of: Pick<AnyTask, "input" | "output" | "services">
): CompensationDef | undefined => {
  if (given === undefined) return undefined
  const options: Given = typeof given === "function"
    ? { run: given }
    : admit<Given>(`the compensation of task ${shown(name)}`, given, rules)
  return Object.freeze({
    when: options.when ?? "succeeded",
    task: Object.freeze({
      _tag: "Task" as const,
      name: `${name}.compensate`,
      description: undefined,
      input: undoCodec(of.input, of.output),
      output: Schema.Void,
      error: undefined,
      retry: normalizeRetry(options.retry ?? patient as RetryPolicy<never>),
      timeouts: noTimeouts,
      onCrash: "rerun" as const,
      onExit: undefined,
      hooks: noHooks,
      services: of.services,
      permits: undefined,
      run: options.run
    })
  })
}

const undoCodec = (input: AnyCodec, output: AnyCodec): AnyCodec =>
  Schema.Struct({
    input,
    output: Schema.optionalKey(output),
    cause: Schema.Struct({ reason: Schema.String, message: Schema.String }),
    run: Schema.String,
    node: Schema.String
  }) as unknown as AnyCodec
