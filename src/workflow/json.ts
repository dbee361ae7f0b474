/** Checks that values are plain JSON already, for outputs that have no schema. */
import type * as Schema from "effect/Schema"

/** A value is not JSON. */
export class NotJson extends TypeError {
  override readonly name = "NotJson"
}

/**
 * The value itself when it is plain JSON (`undefined` becomes `null`, undefined
 * properties are left out); throws `NotJson` with the path otherwise.
 */
export const toJson = (value: unknown): Schema.Json => {
  if (value === undefined) return null
  check(value, undefined)
  return value as Schema.Json
}

// The way from a nested value up to the whole, linked so that nothing is built unless something is wrong.
interface Place {
  readonly key: string | number
  readonly above: Place | undefined
  readonly depth: number
}

const DEPTH_MAX = 1_000

const check = (value: unknown, place: Place | undefined): void => {
  switch (typeof value) {
    case "string":
    case "boolean":
      return
    case "number":
      return Number.isFinite(value) ? undefined : refuse(String(value), place)
    case "object":
      return value === null ? undefined : checkObject(value, place)
    default:
      return refuse(typeof value === "undefined" ? "undefined" : `a ${typeof value}`, place)
  }
}

const checkObject = (value: object, place: Place | undefined): void => {
  const depth = (place?.depth ?? 0) + 1
  if (depth > DEPTH_MAX) return refuse(`nested deeper than ${DEPTH_MAX} levels or contains itself`, place)
  if (Array.isArray(value)) {
    for (let key = 0; key < value.length; key++) check(value[key], { key, above: place, depth })
    return
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return refuse(classOf(value), place)
  if ("toJSON" in value && typeof value.toJSON === "function") return refuse("an object with toJSON", place)
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key]
    if (item !== undefined) check(item, { key, above: place, depth })
  }
}

const classOf = (value: object): string => {
  const name = value.constructor?.name
  return name === undefined || name === "Object" ? "a class instance" : `an instance of ${name}`
}

const refuse = (what: string, place: Place | undefined): never => {
  const at = where(place)
  throw new NotJson(
    `${what} is not JSON${
      at === "" ? "" : `\n  at ${at}`
    }\n  Give the task an \`output\` schema that says how to record it`
  )
}

const where = (place: Place | undefined): string => {
  const keys: Array<string> = []
  for (let at = place; at !== undefined && keys.length < 20; at = at.above) keys.unshift(`[${JSON.stringify(at.key)}]`)
  return keys.join("")
}
