/** A template that a test replaced by a function. */
import * as Effect from "effect/Effect"
import { messageFrom } from "../document/messageFrom.ts"
import type { Replacement, ReplacementOutput } from "./Replacement.ts"
import { named } from "../values/outputs.ts"
import { failed, type NodeResult, type OutputParameter, type Outputs, succeeded } from "../values/Result.ts"
import { type Frame, substitution } from "../compile/Frame.ts"

/** Calls the function with the node's inputs. */
export const runReplaced = (frame: Frame, replacement: Replacement): Effect.Effect<NodeResult> => {
  const parameters = Object.fromEntries((frame.bound.inputs.parameters ?? []).map(({ name, value }) => [name, value]))
  const call = Effect.tryPromise({
    try: async (signal) => await replacement({ parameters, node: frame.place.name, signal }),
    catch: (error) => error
  })
  return Effect.match(call, {
    onSuccess: (given) => resultOf(frame, typeof given === "string" ? { result: given } : given ?? {}),
    onFailure: (error) => failed(messageFrom(error), { exitCode: "1" })
  })
}

const resultOf = (frame: Frame, { exitCode = 0, parameters = {}, result }: ReplacementOutput): NodeResult => {
  const given = outputsOf(frame, parameters)
  const outputs: Outputs = {
    exitCode: String(exitCode),
    ...(result === undefined ? {} : { result }),
    ...(given.length === 0 ? {} : { parameters: given })
  }
  return exitCode === 0 ? succeeded(outputs) : failed(`main: Error (exit code ${exitCode})`, outputs)
}

/** The declared outputs that were given or have a default. */
const outputsOf = (frame: Frame, given: Readonly<Record<string, string>>): ReadonlyArray<OutputParameter> =>
  (frame.template.outputs?.parameters ?? []).flatMap((parameter) => {
    const value = given[parameter.name ?? ""] ?? parameter.valueFrom?.default
    return value === undefined ? [] : [named(parameter, value, substitution(frame))]
  })
