/**
 * How a node ended, as the programs of the engine pass it to each other: the output as JSON text, the error encoded.
 */
import type { Write } from "../../journal/Journal.ts"
import type { EncodedError, Ending, Json, Reused } from "../../run/Event.ts"
import type { Reason, TerminalPhase } from "../../run/Phase.ts"
import { encodeThrown, errorWords, tagOf } from "../../run/thrown.ts"

/** How a node ended. */
export interface NodeEnd {
  readonly phase: TerminalPhase
  readonly reason?: Reason | undefined
  readonly message?: string | undefined
  /** The output as JSON text, when it succeeded. */
  readonly text?: string | undefined
  readonly error?: EncodedError | undefined
  /** The path of the node whose failure this one passes on. */
  readonly cause?: string | undefined
  /** Of a flow that goes on in another run: the input of that, as JSON text. */
  readonly next?: string | undefined
  /** The remembered result that it ended with instead of working. */
  readonly origin?: {
    readonly told: { readonly from: string; readonly reused: Reused; readonly input: Json }
    /** What is written with it. */
    readonly together: ReadonlyArray<Write>
  } | undefined
}

/** The JSON text of "no value". */
export const nothing = "null"

/** An ending with an output. */
export const succeeded = (text: string): NodeEnd => ({ phase: "Succeeded", text })

/** An ending without work done. */
export const ended = (phase: TerminalPhase, reason: Reason, message: string, cause?: string): NodeEnd => ({
  phase,
  reason,
  message,
  cause
})

/**
 * An ending because the system could not do the work. The message does not name the node: it stands beside its name
 * wherever it is shown.
 */
export const errored = (reason: Reason, error: unknown, what?: string): NodeEnd => {
  const encoded = encodeThrown(error)
  const words = thrownWords(error, encoded)
  return { phase: "Error", reason, message: what === undefined ? words : `${what}: ${words}`, error: encoded }
}

/** What a composite says of a failure beneath it: the node that failed is named, once, however deep it is. */
export const blamed = (kind: "node" | "item", path: string, { cause, message = "", phase }: NodeEnd): string =>
  cause === undefined ? `${kind} "${path}" ${phase}: ${message}` : message

/** What was thrown in one line; a tagged error begins with its tag, where that is the author's. */
const thrownWords = (error: unknown, encoded: EncodedError): string => {
  const words = errorWords(encoded)
  return tagOf(error) === undefined || isMismatch(error) || words === encoded.tag ? words : `${encoded.tag}: ${words}`
}

/** Whether a value did not match a schema. */
export const isMismatch = (error: unknown): boolean => tagOf(error) === "SchemaError"

/** The ending as an event carries it, without the output (which is spliced in as text). */
export const toEnding = (end: NodeEnd): Ending => {
  const { cause, error, message, phase, reason } = end
  const ending: { -readonly [K in keyof Ending]: Ending[K] } = { phase }
  if (reason !== undefined) ending.reason = reason
  if (message !== undefined) ending.message = message
  if (error !== undefined) ending.error = error
  if (cause !== undefined) ending.cause = cause
  return ending
}
