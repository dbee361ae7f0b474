/** Values of options: the same rules as in the library, told as wrong use of the command. */
import { type CallPolicies, unknownIn } from "../../workflow/StartPolicy.ts"
import { countFault, durationFault, type Fault, priorityFault } from "../../workflow/values.ts"
import { readSpan } from "../../run/instant.ts"
import { Usage } from "../Usage.ts"
import type { Flags } from "../Verb.ts"

/** Milliseconds of an option that is a time. Throws Usage. */
export const spanOf = (flags: Flags, name: string): number | undefined => {
  const text = flags.text(name)
  if (text === undefined) return undefined
  const millis = readSpan(text)
  if (millis === undefined) throw new Usage(`--${name} ${text}: write a time such as 90s, 2h or 7d`)
  return accepted(name, text, millis, durationFault(millis))
}

/** The whole number that an option holds, within bounds. Throws Usage. */
export const numberOf = (
  flags: Flags,
  name: string,
  { least = 0, most = Number.MAX_SAFE_INTEGER } = {}
): number | undefined => {
  const text = flags.text(name)
  if (text === undefined) return undefined
  const number = /^\d+$/.test(text) ? Number(text) : NaN
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`
  const isWrong = countFault(number, { least }) !== undefined || number > most
  return accepted(
    name,
    text,
    number,
    isWrong ? { what: "cannot be used", hint: `write a whole number ${range}` } : undefined
  )
}

/** The number of bytes that an option holds, as in `100MB` or `1.5GiB`. Throws Usage. */
export const bytesOf = (flags: Flags, name: string): number | undefined => {
  const text = flags.text(name)
  if (text === undefined) return undefined
  const found = /^(\d+(?:\.\d+)?)\s*(?:([kmgt]?)(i?)b)?$/i.exec(text)
  if (found === null) throw new Usage(`--${name} ${text}: write a size such as 500MB or 2GiB`)
  const [, number, unit = "", binary = ""] = found
  return Math.floor(Number(number) * (binary === "" ? 1000 : 1024) ** " kmgt".indexOf(unit.toLowerCase() || " "))
}

/** How many rows an option asks for. Throws Usage. */
export const rowsOf = (flags: Flags, name: string): number | undefined => numberOf(flags, name, { least: 1 })

/** The priority that an option holds. Throws Usage. */
export const priorityOf = (flags: Flags): number | undefined => {
  const text = flags.text("priority")
  if (text === undefined) return undefined
  const priority = /^[+-]?\d+$/.test(text) ? Number(text) : NaN
  return accepted("priority", text, priority, priorityFault(priority))
}

const accepted = <A>(name: string, text: string, value: A, fault: Fault | undefined): A => {
  if (fault !== undefined) {
    throw new Usage(`--${name} ${text}: ${fault.hint.charAt(0).toLowerCase()}${fault.hint.slice(1)}`)
  }
  return value
}

/** The start policies that a text of JSON means; whether their values make sense is said by `start`. Throws Usage. */
export const policyIn = (text: string): CallPolicies => {
  const policies = jsonIn(text)
  if (typeof policies !== "object" || policies === null || Array.isArray(policies)) {
    throw new Usage(`--policy ${text}: write JSON, such as {"singleton":{"key":"acme"}}`)
  }
  const unknown = unknownIn(policies)
  if (unknown === undefined) return policies
  throw new Usage(`--policy ${unknown}: write singleton, debounce or throttle`)
}

const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
