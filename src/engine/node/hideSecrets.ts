/** Endings without clear values of secrets: messages are masked, an output that holds one is refused. */
import type { EncodedError } from "../../run/Event.ts"
import type { Mask } from "./Mask.ts"
import { ended, type NodeEnd } from "./NodeEnd.ts"

/** An ending that may be recorded. */
export const hideSecrets = (mask: Mask, end: NodeEnd): NodeEnd => {
  if (end.text !== undefined) {
    const name = mask.nameIn(end.text)
    if (name === undefined) return end
    return ended(
      "Error",
      "BadOutput",
      `The output holds the secret "${name}" in clear: return secret("${name}") instead`
    )
  }
  if (end.error === undefined && end.message === undefined) return end
  return {
    ...end,
    ...(end.message === undefined ? {} : { message: mask.hide(end.message) }),
    ...(end.error === undefined ? {} : { error: hideInError(mask, end.error) })
  }
}

/** An error that may be recorded. */
const hideInError = (mask: Mask, error: EncodedError): EncodedError => ({
  ...error,
  tag: mask.hide(error.tag),
  message: mask.hide(error.message),
  ...(error.stack === undefined ? {} : { stack: mask.hide(error.stack) }),
  ...(error.at === undefined ? {} : { at: mask.hide(error.at) }),
  ...(error.cause === undefined ? {} : { cause: hideInError(mask, error.cause) }),
  ...(error.errors === undefined ? {} : { errors: error.errors.map((it) => hideInError(mask, it)) }),
  ...(error.data === undefined ? {} : { data: mask.hideIn(error.data) })
})

/** The ending of a node whose input holds a secret in clear, or `undefined`. */
export const holdsSecret = (mask: Mask, input: string): NodeEnd | undefined => {
  const name = mask.nameIn(input)
  if (name === undefined) return undefined
  return ended(
    "Error",
    "BadInput",
    `The input holds the secret "${name}" in clear: pass secret("${name}") instead`
  )
}
