/** How the outcome of a node crosses the journal on its way to a handler. */
import * as Schema from "effect/Schema"
import { encodeJson } from "./codec.ts"
import type { AnyCodec, HookInfo } from "./Definition.ts"

const words = { reason: Schema.String, message: Schema.String }

const outcomeCodec = (output: AnyCodec, error: AnyCodec | undefined) =>
  Schema.Union([
    Schema.Struct({ phase: Schema.Literal("Succeeded"), output }),
    Schema.Struct({
      phase: Schema.Literals(["Failed", "Error"]),
      ...words,
      error: Schema.optionalKey(error ?? Schema.Never)
    }),
    Schema.Struct({ phase: Schema.Literals(["Skipped", "Omitted"]), ...words }),
    Schema.Struct({ phase: Schema.Literal("Running") })
  ])

/** The schema of what a handler is told, for a node with these schemas. */
export const exitCodec = (output: AnyCodec, error: AnyCodec | undefined): AnyCodec =>
  Schema.Struct({
    outcome: outcomeCodec(output, error),
    run: Schema.String,
    node: Schema.String,
    attempt: Schema.Number,
    compensated: Schema.optionalKey(
      Schema.Struct({ done: Schema.Number, failed: Schema.Number, of: Schema.Number })
    )
  }) as unknown as AnyCodec

/**
 * What a handler is told without errors that no schema declares: they
 * could not be recorded, and the handler has to run all the same.
 */
export const declaredOnly = (exit: HookInfo, error: AnyCodec | undefined): HookInfo => {
  const { outcome } = exit
  if (!("error" in outcome) || outcome.error === undefined || isEncodable(outcome.error, error)) return exit
  const { phase, reason, message } = outcome
  return { ...exit, outcome: { phase, reason, message } }
}

const isEncodable = (value: unknown, codec: AnyCodec | undefined): boolean => {
  if (codec === undefined) return false
  try {
    encodeJson(codec)(value)
    return true
  } catch {
    return false
  }
}
