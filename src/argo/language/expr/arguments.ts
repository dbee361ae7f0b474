/** Checks on the arguments of functions; all throw Refusal. */
import { Refusal } from "./ExprError.ts"
import { isList, isMap, isNumeric, typeName, type Value, type ValueMap } from "./Value.ts"

const refuse = (value: Value | undefined, wanted: string): never => {
  throw new Refusal(
    value === undefined ? "not enough arguments" : `cannot use ${typeName(value)} as argument (type ${wanted})`
  )
}

/** A string. */
export const asString = (value: Value | undefined): string =>
  typeof value === "string" ? value : refuse(value, "string")

/** A whole number, as a host number. */
export const asWhole = (value: Value | undefined): number => {
  if (typeof value === "bigint") return Number(value)
  return typeof value === "number" && Number.isInteger(value) ? value : refuse(value, "int")
}

/** An integer. */
export const asInteger = (value: Value | undefined): bigint => typeof value === "bigint" ? value : refuse(value, "int")

/** Any number. */
export const asNumber = (value: Value | undefined): bigint | number =>
  value !== undefined && isNumeric(value) ? value : refuse(value, "number")

/** A list. */
export const asList = (value: Value | undefined): ReadonlyArray<Value> =>
  value !== undefined && isList(value) ? value : refuse(value, "array")

/** A map. */
export const asMap = (value: Value | undefined): ValueMap =>
  value !== undefined && isMap(value) ? value : refuse(value, "map")
