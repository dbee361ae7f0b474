/** Values on their way into and out of the journal: typed value ⇄ JSON text, by the schemas of tasks and workflows. */
import type { EncodedError, Json } from "../../run/Event.ts"
import { decodeJson, encodeJson } from "../../workflow/codec.ts"
import type { AnyCodec } from "../../workflow/Definition.ts"
import type { Outcome } from "../../workflow/Outcome.ts"
import { encodeDefect, errored, type NodeEnd, nothing, succeeded } from "./NodeEnd.ts"

/** A typed value as JSON text; throws when the schema refuses it. */
export const toText = (codec: AnyCodec, value: unknown): string => JSON.stringify(encodeJson(codec)(value)) ?? nothing

/** The typed value of a JSON text; throws when the schema refuses it. */
export const fromText = (codec: AnyCodec, text: string): unknown => decodeJson(codec)(JSON.parse(text) as Json)

/** The ending of a body that returned a value. */
export const returned = (codec: AnyCodec, value: unknown, path: string): NodeEnd => {
  try {
    return succeeded(toText(codec, value))
  } catch (error) {
    return errored("BadOutput", error, `The output of node "${path}" does not match its schema`)
  }
}

/** The ending of a body that failed or threw: `Failed` for a declared error, else `Error`. */
export const failedWith = (codec: AnyCodec | undefined, error: unknown, path: string): NodeEnd => {
  const data = codec === undefined ? undefined : tryEncode(codec, error)
  if (data === undefined) return errored("Defect", error, `Node "${path}" threw`)
  const { tag, message } = encodeDefect(error)
  const name = tagOf(error) ?? tag
  return {
    phase: "Failed",
    reason: "TaskFailed",
    message: message === "" ? name : `${name}: ${message}`,
    error: { tag: name, message, data }
  }
}

/** The typed error inside a recorded one, or `undefined` when it was not declared or no longer fits. */
export const decodeTyped = (codec: AnyCodec | undefined, error: EncodedError | undefined): unknown => {
  if (codec === undefined || error?.data === undefined) return undefined
  try {
    return decodeJson(codec)(error.data)
  } catch {
    return undefined
  }
}

/** An ending as authors see it. */
export const toOutcome = (end: NodeEnd, output: AnyCodec, error: AnyCodec | undefined): Outcome => {
  if (end.phase === "Succeeded") return { phase: end.phase, output: fromText(output, end.text ?? nothing) }
  const reason = end.reason ?? end.phase
  const message = end.message ?? ""
  if (end.phase === "Skipped" || end.phase === "Omitted") return { phase: end.phase, reason, message }
  const typed = decodeTyped(error, end.error)
  return { phase: end.phase, reason, message, ...(typed === undefined ? {} : { error: typed }) }
}

const tryEncode = (codec: AnyCodec, error: unknown): Json | undefined => {
  try {
    return encodeJson(codec)(error)
  } catch {
    return undefined
  }
}

const tagOf = (error: unknown): string | undefined =>
  typeof error === "object" && error !== null && "_tag" in error && typeof error._tag === "string"
    ? error._tag
    : undefined
