/** A template that a test replaced by a function. */
import * as Effect from "effect/Effect"
import { messageFrom } from "./node.ts"
import type { Replacement, ReplacementOutput } from "./Replacement.ts"
import { failed, type NodeResult, type Outputs, succeeded } from "./Result.ts"
import type { Frame } from "./Frame.ts"

/** Calls the function with the node's inputs. */
export const runReplaced = (frame: Frame, replacement: Replacement): Effect.Effect<NodeResult> => {
  const parameters = Object.fromEntries((frame.bound.inputs.parameters ?? []).map(({ name, value }) => [name, value]))
  const call = Effect.tryPromise({
    try: async (signal) => await replacement({ parameters, node: frame.place.name, signal }),
    catch: (error) => error
  })
  return Effect.match(call, {
    onSuccess: (given) => resultOf(typeof given === "string" ? { result: given } : given ?? {}),
    onFailure: (error) => failed(messageFrom(error), { exitCode: "1" })
  })
}

const resultOf = ({ exitCode = 0, parameters = {}, result }: ReplacementOutput): NodeResult => {
  const named = Object.entries(parameters).map(([name, value]) => ({ name, value }))
  const outputs: Outputs = {
    exitCode: String(exitCode),
    ...(result === undefined ? {} : { result }),
    ...(named.length === 0 ? {} : { parameters: named })
  }
  return exitCode === 0 ? succeeded(outputs) : failed(`main: Error (exit code ${exitCode})`, outputs)
}
