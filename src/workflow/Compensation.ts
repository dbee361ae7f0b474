// deno-lint-ignore-file no-explicit-any -- types are erased here, the public signatures carry them
/** Compensation: what undoes what a task or a nested workflow did, once what it was part of did not work out. */
import * as Schema from "effect/Schema"
import { admitNamed, callable, oneOf, type Rule } from "./admit.ts"
import type { AnyCodec, AnyTask, CompensationDef } from "./Definition.ts"
import { noHooks } from "./Handler.ts"
import { normalizeRetry, retryRule } from "./normalizeRetry.ts"
import type { RetryPolicy } from "./Retry.ts"
import type { Compensation } from "./TaskContext.ts"
import { noTimeouts } from "./timeouts.ts"
import { shown } from "./values.ts"

const rules = { when: oneOf(["succeeded", "began"]), retry: retryRule, run: callable }

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

/** The engine's form, for a task or workflow with these schemas. */
export const toCompensation = (
  name: string,
  given: Compensation<any, any, any> | undefined,
  { input, output }: Pick<AnyTask, "input" | "output">,
  services: AnyTask["services"] = []
): CompensationDef | undefined => {
  if (given === undefined) return undefined
  const options: Given = typeof given === "function"
    ? { run: given }
    : admitNamed<Given>(`the compensation of ${shown(name)}`, given, rules)
  return Object.freeze({
    when: options.when ?? "succeeded",
    of: Object.freeze({ input, output }),
    task: Object.freeze({
      _tag: "Task" as const,
      name: `${name}.compensate`,
      description: undefined,
      input: undoCodec(input, output),
      output: Schema.Void,
      error: undefined,
      retry: normalizeRetry(options.retry ?? patient as RetryPolicy<never>),
      timeouts: noTimeouts,
      onCrash: "rerun" as const,
      onExit: undefined,
      hooks: noHooks,
      services,
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

export type { Compensation, CompensationRetry, Undo, Undoes, UndoOption } from "./TaskContext.ts"
