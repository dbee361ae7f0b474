/** Functions between types: those of expr-lang, and what Argo adds. */
import { Buffer } from "node:buffer"
import { asString } from "./arguments.ts"
import type { Budget } from "./Budget.ts"
import { Refusal } from "./ExprError.ts"
import { parseJson, toJson } from "./json.ts"
import { jsonPath } from "./jsonPath.ts"
import { int } from "./operators.ts"
import { type Callable, isNumeric, typeName, type Value } from "./Value.ts"

const one = (convert: (value: Value) => Value): Callable => (...args) => {
  if (args.length !== 1) throw new Refusal(`invalid number of arguments (expected 1, got ${args.length})`)
  return convert(args[0]!)
}

/** Numbers of more digits are none that Go would read. */
const isShort = (text: string): boolean => text.length <= 1_000
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/

/** An integer from a number or its text. Throws Refusal. */
const toInt = (value: Value): bigint => {
  if (typeof value === "bigint") return value
  if (typeof value === "number" && Number.isFinite(value)) return int(BigInt(Math.trunc(value)))
  if (typeof value === "string" && isShort(value) && /^[+-]?\d+$/.test(value)) {
    return int(BigInt(value.replace("+", "")))
  }
  throw new Refusal(
    typeof value === "string" ? `invalid operation: int(${value})` : `invalid operation: int(${typeName(value)})`
  )
}

/** A float from a number or its text. Throws Refusal. */
const toFloat = (value: Value): number => {
  if (isNumeric(value)) return Number(value)
  if (typeof value === "string" && isShort(value) && decimal.test(value)) return Number(value)
  throw new Refusal(
    typeof value === "string" ? `invalid operation: float(${value})` : `invalid operation: float(${typeName(value)})`
  )
}

/** `asInt`: also takes text with a fraction, which it cuts off. */
const asInt = (value: Value): bigint =>
  typeof value === "string" && value.includes(".") ? toInt(toFloat(value)) : toInt(value)

const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64")

const fromBase64 = (text: string): string => {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) throw new Refusal("illegal base64 data")
  return Buffer.from(text, "base64").toString("utf8")
}

/** By name, with what they may use. */
export const conversions = (budget: Budget): Readonly<Record<string, Callable>> => ({
  type: one(typeName),
  int: one(toInt),
  float: one(toFloat),
  asInt: one(asInt),
  asFloat: one(toFloat),
  toJSON: one((value) => toJson(value, "  ", budget)),
  toJson: one((value) => toJson(value)),
  fromJSON: one((text) => parseJson(asString(text))),
  toBase64: one((text) => base64(asString(text))),
  fromBase64: one((text) => fromBase64(asString(text))),
  jsonpath: (json, path) => jsonPath(parseJson(asString(json)), asString(path), budget)
})
