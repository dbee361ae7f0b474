/** A failure in words, with what a typed error holds. */
import type { EncodedError, Ending } from "../run/Event.ts"

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

/** All that is known of an error, as lines: its stack, then its members and causes. */
export const wholeError = ({ cause, errors = [], message, stack, tag }: EncodedError): ReadonlyArray<string> => [
  ...(stack ?? (message === "" ? tag : `${tag}: ${message}`)).split("\n"),
  ...errors.flatMap((it, at) => titled(`[member ${at + 1}]`, it)),
  ...(cause === undefined ? [] : titled("[cause]", cause))
]

const titled = (title: string, error: EncodedError): ReadonlyArray<string> =>
  wholeError(error).map((line, at) => at === 0 ? `  ${title}: ${line}` : `  ${line}`)
