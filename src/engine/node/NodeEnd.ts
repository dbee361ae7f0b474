/** How a node ended, as the programs of the engine pass it to each other: the output as JSON text, the error encoded. */
import type { EncodedError, Ending } from "../../run/Event.ts"
import type { Reason, TerminalPhase } from "../../run/Phase.ts"

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

/** An ending because the system could not do the work. */
export const errored = (reason: Reason, error: unknown, what: string): NodeEnd => {
  const encoded = encodeDefect(error)
  return { phase: "Error", reason, message: `${what}: ${encoded.message}`, error: encoded }
}

/** Any thrown value as data. */
export const encodeDefect = (error: unknown): EncodedError => {
  if (error instanceof Error) {
    return { tag: error.name, message: error.message, ...(error.stack === undefined ? {} : { stack: error.stack }) }
  }
  return { tag: typeof error, message: describe(error) }
}

const describe = (value: unknown): string => {
  if (typeof value === "string") return value
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return String(value)
  }
}

/** The ending as an event carries it, without the output (which is spliced in as text). */
export const toEnding = (end: NodeEnd): Ending => ({
  phase: end.phase,
  ...(end.reason === undefined ? {} : { reason: end.reason }),
  ...(end.message === undefined ? {} : { message: end.message }),
  ...(end.error === undefined ? {} : { error: end.error }),
  ...(end.cause === undefined ? {} : { cause: end.cause })
})
