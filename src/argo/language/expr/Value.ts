/**
 * Values of expressions: an integer is a `bigint`, a float a
 * `number`, a map a `Map`, so that no key reaches a host object.
 */

/** A function that expressions may call; throws Refusal. */
export type Callable = (...args: ReadonlyArray<Value>) => Value

/** An instant, with the offset from UTC it is shown in. */
export interface Time {
  readonly _tag: "Time"
  /** Milliseconds since the epoch. */
  readonly millis: number
  /** Minutes east of UTC. */
  readonly offset: number
}

/** A span of time. */
export interface Span {
  readonly _tag: "Span"
  readonly nanos: bigint
}

/** The clocks of a place. */
export interface Zone {
  readonly _tag: "Zone"
  /** An IANA name. */
  readonly name: string
}

/** A value of an expression. */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | ReadonlyArray<Value>
  | ValueMap
  | Time
  | Span
  | Zone
  | Callable

/** A map; keys are compared by value. */
export interface ValueMap extends ReadonlyMap<Value, Value> {}

/** Whether a value is a list. */
export const isList = (value: Value): value is ReadonlyArray<Value> => Array.isArray(value)

/** Whether a value is a map. */
export const isMap = (value: Value): value is ValueMap => value instanceof Map

/** Whether a value is an instant. */
export const isTime = (value: Value): value is Time => tagOf(value) === "Time"

/** Whether a value is a span of time. */
export const isSpan = (value: Value): value is Span => tagOf(value) === "Span"

/** Whether a value is a place's clocks. */
export const isZone = (value: Value): value is Zone => tagOf(value) === "Zone"

/** Whether a value is an integer or a float. */
export const isNumeric = (value: Value): value is bigint | number =>
  typeof value === "bigint" || typeof value === "number"

const tagOf = (value: Value): string | undefined =>
  value !== null && typeof value === "object" && "_tag" in value ? value._tag : undefined

/** The name of a value's type, as `type()` gives it. */
export const typeName = (value: Value): string => {
  if (value === null) return "nil"
  if (isList(value)) return "array"
  if (isMap(value)) return "map"
  if (isTime(value)) return "time.Time"
  if (isSpan(value)) return "time.Duration"
  if (isZone(value)) return "time.Location"
  return { boolean: "bool", bigint: "int", number: "float", string: "string" }[typeof value as string] ?? "func"
}

/** Whether two values are equal; an integer and a float of the same size are. */
export const equal = (left: Value, right: Value): boolean => {
  if (isNumeric(left) && isNumeric(right)) return left == right
  if (isList(left) && isList(right)) {
    return left.length === right.length && left.every((item, index) => equal(item, right[index]!))
  }
  if (isMap(left) && isMap(right)) {
    return left.size === right.size &&
      [...left].every(([key, value]) => right.has(key) && equal(value, right.get(key)!))
  }
  if (isTime(left) && isTime(right)) return left.millis === right.millis
  if (isSpan(left) && isSpan(right)) return left.nanos === right.nanos
  if (isZone(left) && isZone(right)) return left.name === right.name
  return left === right
}
