/** Values on their way into and out of the journal: typed value ⇄ JSON text, by the schemas of tasks and workflows. */
import type { EncodedError, Json } from "../../run/Event.ts"
import { decodeJson, decodeText, encodeJson, encodeText } from "../../workflow/codec.ts"
import type { AnyCodec } from "../../workflow/Definition.ts"
import type { Outcome } from "../../workflow/Outcome.ts"
import { encodeThrown, errorWords, withOrigin } from "../../run/thrown.ts"
import { errored, type NodeEnd, nothing, succeeded } from "./NodeEnd.ts"

/** A typed value as JSON text; throws when the schema refuses it. */
export const toText = encodeText

/** The typed value of a JSON text; throws when the schema refuses it. */
export const fromText = decodeText

/** The ending of a body that returned a value. */
export const returned = (codec: AnyCodec, value: unknown): NodeEnd => {
  try {
    return succeeded(toText(codec, value))
  } catch (error) {
    return errored("BadOutput", error, "The output does not match its schema")
  }
}

/** The ending of a body that failed or threw: `Failed` for a declared error, else `Error`. */
export const failedWith = (codec: AnyCodec | undefined, error: unknown): NodeEnd => {
  const data = codec === undefined ? undefined : tryEncode(codec, error)
  if (data === undefined) return errored("Defect", error)
  const encoded = encodeThrown(error)
  const message = typeof error === "object" && error !== null && !hasMessage(error) ? "" : encoded.message
  const words = errorWords({ ...encoded, message })
  return {
    phase: "Failed",
    reason: "TaskFailed",
    message: words === encoded.tag ? words : `${encoded.tag}: ${words}`,
    error: { ...encoded, message, data }
  }
}

/** What a typed error without a message has to say is in its fields, and those are recorded. */
const hasMessage = (error: object): boolean => "message" in error && error.message !== ""

/** The typed error inside a recorded one, or `undefined` when it was not declared or no longer fits. */
export const decodeTyped = (codec: AnyCodec | undefined, error: EncodedError | undefined): unknown => {
  if (codec === undefined || error?.data === undefined) return undefined
  try {
    return withOrigin(decodeJson(codec)(error.data), error)
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
