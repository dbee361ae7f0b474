/** A failure in words, with what a typed error holds. */
import { relative } from "node:path"
import process from "node:process"
import type { EncodedError, Ending } from "../../run/Event.ts"

/** The message of an ending; of a typed error its tag and fields too. */
export const errorText = ({ error, message }: Pick<Ending, "error" | "message">): string => {
  if (error === undefined) return message ?? ""
  const fields = fieldsOf(error)
  const told = message ?? error.message
  const own = told === "" || told === error.tag ? error.tag : told
  return fields === "" ? own : `${own} ${fields}`
}

const fieldsOf = ({ data, message }: EncodedError): string => {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return ""
  const fields = Object.entries(data).filter(([name, value]) =>
    name !== "_tag" && !(name === "message" && value === message)
  )
  return fields.length === 0 ? "" : JSON.stringify(Object.fromEntries(fields))
}

/**
 * The author's own place where an error was thrown, from here:
 * `src/flow.ts:12:9`; of an error without one, that of its cause.
 */
export const placeOf = (error: EncodedError | undefined): string => {
  if (error === undefined) return ""
  if (error.at === undefined) return placeOf(error.cause)
  const from = relative(process.cwd(), error.at)
  return from.startsWith("..") ? error.at : from
}

/** All that is known of an error, as lines: its stack, then its members and causes. */
export const wholeError = ({ cause, errors = [], message, stack, tag }: EncodedError): ReadonlyArray<string> => [
  ...(stack ?? (message === "" ? tag : `${tag}: ${message}`)).split("\n"),
  ...errors.flatMap((it, at) => titled(`[member ${at + 1}]`, it)),
  ...(cause === undefined ? [] : titled("[cause]", cause))
]

const titled = (title: string, error: EncodedError): ReadonlyArray<string> =>
  wholeError(error).map((line, at) => at === 0 ? `  ${title}: ${line}` : `  ${line}`)
