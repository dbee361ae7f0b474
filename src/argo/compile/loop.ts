/** Loops: one call for each item. */
import type { Call, Sequence } from "../document/Manifest.ts"
import { substitute, substituteAll, type Substitution } from "../language/template/substitute.ts"
import { anyWhole, wholeFrom } from "../document/amounts.ts"
import { BadArgument } from "../document/BadArgument.ts"
import { isNumberText, parseKeepingNumbers, textOf } from "../language/expr/numberText.ts"
import { itemName } from "./naming.ts"

/** One turn of a loop. */
export interface Turn {
  readonly index: number
  /** `(0:item)`, as node names end. */
  readonly suffix: string
  readonly variables: ReadonlyArray<readonly [string, string]>
}

/** How many turns one loop may have. */
const maxTurns = 100_000

/** Whether a call is a loop. */
export const isLoop = (call: Call): boolean =>
  call.withItems !== undefined || call.withParam !== undefined || call.withSequence !== undefined

/** The turns of a loop. Throws BadArgument or Unresolved. */
export const turnsOf = (call: Call, how: Substitution): ReadonlyArray<Turn> => {
  const items = itemsOf(call, how)
  if (items.length > maxTurns) throw new BadArgument(`the loop has ${items.length} items, the limit is ${maxTurns}`)
  return items.map((item, index) => ({ index, suffix: `(${index}:${itemName(item)})`, variables: itemVariables(item) }))
}

const itemsOf = (call: Call, how: Substitution): ReadonlyArray<unknown> => {
  if (call.withItems !== undefined) return substituteAll(call.withItems, how).map(inOrder)
  if (call.withParam !== undefined) return listOf(substitute(call.withParam, how))
  return call.withSequence === undefined ? [] : sequence(substituteAll(call.withSequence, how))
}

const listOf = (text: string): ReadonlyArray<unknown> => {
  const list = parsed(text)
  if (Array.isArray(list)) return list
  throw new BadArgument(`withParam value could not be parsed as a JSON list: ${text.slice(0, 200)}`)
}

const parsed = (text: string): unknown => {
  try {
    return parseKeepingNumbers(text)
  } catch {
    return undefined
  }
}

const sequence = ({ count, end, format, start }: Sequence): ReadonlyArray<string> => {
  const from = start === undefined ? 0 : whole(start, "start")
  const to = count === undefined ? whole(end ?? "0", "end") : from + whole(count, "count") - 1
  if (count !== undefined && to < from) return []
  const size = Math.abs(to - from) + 1
  if (size > maxTurns) throw new BadArgument(`withSequence has ${size} items, the limit is ${maxTurns}`)
  const step = to < from ? -1 : 1
  return Array.from({ length: size }, (_, index) => printf(format ?? "%d", from + index * step))
}

const whole = (text: string, what: string): number => wholeFrom(`withSequence.${what}`, text, anyWhole)

/** More characters than anybody pads a number to. */
const widest = 1_000

/** One number by a printf format: `%d %03d %x %X %o %b`. */
const printf = (format: string, value: number): string => {
  let used = false
  const text = format.replace(/%(0?)(\d*)([dxXob%])/g, (mark, zero: string, width: string, verb: string) => {
    if (verb === "%") return "%"
    if (used) return mark
    used = true
    const digits = value.toString({ d: 10, x: 16, X: 16, o: 8, b: 2 }[verb]!)
    return (verb === "X" ? digits.toUpperCase() : digits).padStart(
      Math.min(Number(width || 0), widest),
      zero === "0" ? "0" : " "
    )
  })
  return used ? text : `${text}%!(EXTRA int=${value})`
}

const itemVariables = (item: unknown): ReadonlyArray<readonly [string, string]> => {
  if (!isMap(item)) return [["item", textOf(item)]]
  const entries = sortedEntries(item)
  return [
    ["item", textOf(Object.fromEntries(entries))],
    ...entries.map(([key, value]) => [`item.${key}`, textOf(value)] as const)
  ]
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !isNumberText(value)

const sortedEntries = (map: Readonly<Record<string, unknown>>): ReadonlyArray<readonly [string, unknown]> =>
  Object.entries(map).sort(([a], [b]) => a < b ? -1 : 1)

/**
 * A value of the manifest with the keys of its maps in order:
 * what Argo reads from YAML has forgotten how they were written.
 */
const inOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inOrder)
  return isMap(value) ? Object.fromEntries(sortedEntries(value).map(([key, it]) => [key, inOrder(it)] as const)) : value
}
