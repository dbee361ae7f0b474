/** Whether a value fits the node it is for. */
import { encodeThrown, errorWords } from "../../run/thrown.ts"
import type { AnyCodec } from "../../workflow/Definition.ts"
import { formOf } from "../../workflow/form.ts"
import { fromText } from "./value.ts"

/** Why a value as JSON text is none for a node that waits for what this codec decodes. */
export const mismatch = (output: AnyCodec, path: string, text: string): string | undefined => {
  try {
    fromText(output, text)
    return undefined
  } catch (error) {
    const { example, value } = formOf(output)
    const form = example === undefined ? value : `${value}, such as ${JSON.stringify(example)}`
    const wrong = errorWords(encodeThrown(error))
    return `The value for node "${path}" does not match its schema: ${wrong}. It waits for ${form}`
  }
}
