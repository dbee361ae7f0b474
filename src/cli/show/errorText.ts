/** A failure in words, with what a typed error holds. */
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
