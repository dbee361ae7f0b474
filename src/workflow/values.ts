/**
 * The door: one rule for each kind of value that enters, whoever gives it. A rule says what is wrong and what to use
 * instead; the caller says where the value stands (an issue of `check`, a refusal of `open`, `start`, a command or a
 * flag).
 */
import * as Schema from "effect/Schema"
import { boundedText, bytesOf } from "./boundedText.ts"

/** What is wrong with a value, as in "is 1.5", and what to use instead. */
export interface Fault {
  readonly what: string
  readonly hint: string
}

/** A value that was given to a function cannot be used: `message` says which, why, and what to use instead. */
export class InvalidValue extends Schema.TaggedError<InvalidValue>()("InvalidValue", {
  place: Schema.String,
  message: Schema.String
}) {}

/** Throws `InvalidValue` when there is a fault; `place` names the value, as in `the limit of semaphore "api"`. */
export const demand = (place: string, fault: Fault | undefined): void => {
  if (fault !== undefined) throw new InvalidValue({ place, message: sentence(place, fault) })
}

/** A fault as a sentence. */
export const sentence = (place: string, { hint, what }: Fault): string =>
  `Cannot use ${place}: it ${what}. ${hint}.`.replace(/\?\.$/, "?")

/** The longest duration, in milliseconds: 250,000 years, so that every instant reached from now is a date. */
export const DURATION_MAX = 8_000_000_000_000_000

/** A value as messages show it: short, and never by running code of its own. */
export const shown = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(boundedText(value, 80))
  if (typeof value === "function") return "a function"
  if (typeof value === "object" && value !== null) return isList(value) ? "a list" : "an object"
  return Object.is(value, -0) ? "-0" : boundedText(String(value), 80)
}

// A revoked proxy throws here too.
const isList = (value: object): boolean => {
  try {
    return Array.isArray(value)
  } catch {
    return false
  }
}

/** Which counts and durations are allowed. */
export interface Range {
  /** The smallest; default 0. */
  readonly least?: number
  /** Whether `Infinity` (no bound, never) makes sense; default no. */
  readonly forever?: boolean
}

/** A duration in milliseconds, as `millis` gives it (`NaN` for what is none). */
export const durationFault = (millis: unknown, { forever = false, least = 0 }: Range = {}): Fault | undefined => {
  if (typeof millis !== "number") return { what: `is ${shown(millis)}`, hint: "Use milliseconds" }
  if (millis >= least && (millis <= DURATION_MAX || forever && millis === Infinity)) return undefined
  const hint = `Use a string like "30 seconds" or milliseconds, ${least > 0 ? "above 0" : "not below 0"}${
    forever ? ', or "Infinity"' : ""
  }`
  if (Number.isNaN(millis)) return { what: "is not a duration", hint }
  if (millis === Infinity) return { what: "is endless", hint }
  return { what: millis < least ? `is ${millis} ms` : "is longer than 250,000 years", hint }
}

/** How many of something. */
export const countFault = (value: unknown, { forever = false, least = 0 }: Range = {}): Fault | undefined => {
  if (Number.isSafeInteger(value) && (value as number) >= least || forever && value === Infinity) return undefined
  return { what: `is ${shown(value)}`, hint: `Use a whole number from ${least}${forever ? ", or Infinity" : ""}` }
}

/** A priority: any whole number, within `most` to either side. */
export const priorityFault = (value: unknown, most: number = Number.MAX_SAFE_INTEGER): Fault | undefined => {
  if (Number.isSafeInteger(value) && Math.abs(value as number) <= most) return undefined
  const bounds = most === Number.MAX_SAFE_INTEGER ? "" : ` from ${grouped(-most)} to ${grouped(most)}`
  return { what: `is ${shown(value)}`, hint: `Use a whole number${bounds}; larger goes first` }
}

const grouped = (value: number): string => value.toLocaleString("en-US")

/** A number within bounds. */
export const numberFault = (value: unknown, least: number, most: number, hint: string): Fault | undefined =>
  typeof value === "number" && value >= least && value <= most ? undefined : { what: `is ${shown(value)}`, hint }

// Line breaks and other controls break lists and paths; a lone surrogate does not come back from a file as it was.
const CONTROL = /\p{Cc}|\u2028|\u2029/u

/** A name or id: text that stands in lists, messages and command lines. */
export const nameFault = (value: unknown, most = 512): Fault | undefined => {
  if (typeof value !== "string") return { what: `is ${shown(value)}`, hint: "Use a string" }
  if (value === "") return { what: "is empty", hint: "Use a string of at least one character" }
  if (bytesOf(value) > most) return { what: `has ${bytesOf(value)} bytes`, hint: `Use at most ${most} bytes` }
  if (!value.isWellFormed() || CONTROL.test(value)) {
    return { what: `has a character that cannot be shown (${shown(value)})`, hint: "Use letters, digits and signs" }
  }
  return undefined
}

/** One of several words. */
export const wordFault = (value: unknown, words: ReadonlyArray<string>): Fault | undefined =>
  typeof value === "string" && words.includes(value)
    ? undefined
    : { what: `is ${shown(value)}`, hint: `Use ${words.map((word) => JSON.stringify(word)).join(", ")}` }

/** Labels of a run: texts by name, within `most` bytes as JSON. */
export const labelsFault = (value: unknown, most: number): Fault | undefined => {
  if (typeof value !== "object" || value === null || isList(value)) {
    return { what: `is ${shown(value)}`, hint: 'Use a record of strings like { team: "a" }' }
  }
  const entries = Object.entries(value)
  if (entries.length === 0) return undefined
  for (const [name, text] of entries) {
    const fault = nameFault(name)
    if (fault !== undefined) return { what: `has a name that ${fault.what}`, hint: fault.hint }
    if (typeof text !== "string" || !text.isWellFormed()) {
      return { what: `has ${shown(text)} under ${shown(name)}`, hint: "Use well-formed Unicode" }
    }
  }
  const size = bytesOf(JSON.stringify(value))
  return size <= most ? undefined : { what: `has ${size} bytes as JSON`, hint: `Use at most ${most}` }
}
