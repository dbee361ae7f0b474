/** Inputs of workflows as clients send them. */
import { InvalidInput } from "../../engine/EngineError.ts"
import { fromText } from "../../engine/node/value.ts"
import { encodeThrown, errorWords } from "../../run/thrown.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"

/** The input that a JSON value stands for; none at all is none. */
export const decoded = (workflow: AnyWorkflow, input: unknown): unknown => {
  try {
    return input === undefined ? undefined : fromText(workflow.input, JSON.stringify(input))
  } catch (error) {
    throw new InvalidInput({
      workflow: workflow.name,
      message: `The input of workflow "${workflow.name}" does not match its schema: ${errorWords(encodeThrown(error))}`
    })
  }
}
