/** The inputs of runs: checked against their schema and bound before anything is recorded. */
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import type { Engine } from "../Engine.ts"
import { InvalidInput } from "../EngineError.ts"
import { encodeThrown, errorWords } from "../../run/thrown.ts"
import { formOf } from "../../workflow/form.ts"
import { excess } from "../node/payload.ts"
import { toText } from "../node/value.ts"

/** The input of a run as JSON text, or why it is refused. */
export const encodeInput = (engine: Engine, workflow: AnyWorkflow, input: unknown): string | InvalidInput => {
  try {
    const text = toText(workflow.input, input)
    const message = excess(`input of workflow "${workflow.name}"`, text, engine.host.limits.payload)
    return message === undefined ? text : new InvalidInput({ workflow: workflow.name, message })
  } catch (error) {
    const { example, value } = formOf(workflow.input)
    const message = input === undefined
      ? `Workflow "${workflow.name}" needs an input, and none was given: it is ${value}`
      : `The input of workflow "${workflow.name}" does not match its schema: ${errorWords(encodeThrown(error))}`
    return new InvalidInput({ workflow: workflow.name, message, ...(example === undefined ? {} : { example }) })
  }
}
