/**
 * Amounts in manifests: durations (a number of seconds, or Go's form
 * `1h30m`) and whole numbers, as texts, because a parameter may be put in.
 * The bounds are those of the engine. What is written out is
 * checked when it is read, what is put in when its node begins.
 */
import { countFault, durationFault, type Fault, type Range, shown } from "../../workflow/values.ts"
import { BadArgument } from "./BadArgument.ts"
import { Refusal } from "../language/expr/ExprError.ts"
import { parseSpan } from "../language/expr/goTime.ts"

/** Whole milliseconds, rounded up; `NaN` for what is not a duration. */
const millisOf = (text: string): number => {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1_000)
  try {
    return Math.ceil(Number(parseSpan(text).nanos) / 1e6)
  } catch (error) {
    if (error instanceof Refusal) return NaN
    throw error
  }
}

/** What is wrong with a duration. */
export const durationTextFault = (text: string): Fault | undefined => {
  const fault = durationFault(millisOf(text))
  return fault && { ...fault, hint: 'Write a number of seconds, or a duration such as "1h30m"' }
}

/** Milliseconds of a duration, or `undefined` when it is none that can be waited for. */
export const durationMillis = (text: string): number | undefined =>
  durationTextFault(text) === undefined ? millisOf(text) : undefined

/** Milliseconds of a duration that a node was given. Throws BadArgument. */
export const durationFrom = (what: string, text: string): number => {
  refuse(what, text, durationTextFault(text))
  return millisOf(text)
}

/** What is wrong with a whole number. */
export const wholeTextFault = (text: string, range?: Range): Fault | undefined => {
  if (/^\s*-?\d+\s*$/.test(text)) {
    const fault = countFault(Number(text), range)
    const isLarge = Math.abs(Number(text)) > Number.MAX_SAFE_INTEGER
    return fault && { what: isLarge ? "is too large" : `is below ${range?.least ?? 0}`, hint: fault.hint }
  }
  return { what: `is ${shown(text)}`, hint: "Use a whole number" }
}

/** A whole number that a node was given. Throws BadArgument. */
export const wholeFrom = (what: string, text: string, range?: Range): number => {
  refuse(what, text, wholeTextFault(text, range))
  return Number(text)
}

const refuse = (what: string, text: string, fault: Fault | undefined): void => {
  if (fault !== undefined) throw new BadArgument(`${told(what, text, fault)}. ${fault.hint}`)
}

/** A fault as manifests are told of it. */
export const told = (what: string, text: string, fault: Fault): string => {
  const own = `is ${shown(text)}`
  return `${what} ${fault.what === own ? own : `${shown(text)} ${fault.what}`}`
}

/** Any whole number: some counts mean something below 0. */
export const anyWhole: Range = { least: -Number.MAX_SAFE_INTEGER }
