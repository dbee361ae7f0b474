/** What operators mean, by the kinds of their operands. */
import type { Budget } from "./Budget.ts"
import { Refusal } from "./ExprError.ts"
import { span, time } from "./goTime.ts"
import { regex } from "./regex.ts"
import { equal, isList, isMap, isNumeric, isSpan, isTime, typeName, type Value } from "./Value.ts"

/** Wraps an integer to 64 bits, as Go does. */
export const int = (value: bigint): bigint => BigInt.asIntN(64, value)

const bad = (operator: string, left: Value, right: Value): never => {
  throw new Refusal(`invalid operation: ${operator} (mismatched types ${typeName(left)} and ${typeName(right)})`)
}

/** `-x`, `+x`, `not x`. */
export const applyUnary = (operator: string, value: Value): Value => {
  if (operator === "not" && typeof value === "boolean") return !value
  if (operator === "-" && typeof value === "bigint") return int(-value)
  if (operator === "-" && typeof value === "number") return -value
  if (operator === "-" && isSpan(value)) return span(-value.nanos)
  if (operator === "+" && isNumeric(value)) return value
  throw new Refusal(`invalid operation: ${operator} (mismatched type ${typeName(value)})`)
}

/** Every binary operator except those that do not evaluate both sides. */
export const applyBinary = (operator: string, left: Value, right: Value, budget: Budget): Value =>
  binary[operator]?.(left, right, budget) ?? bad(operator, left, right)

type Operator = (left: Value, right: Value, budget: Budget) => Value

const binary: Readonly<Record<string, Operator>> = Object.assign(Object.create(null), {
  "==": (left: Value, right: Value) => equal(left, right),
  "!=": (left: Value, right: Value) => !equal(left, right),
  "<": (left: Value, right: Value) => compare("<", left, right) < 0,
  "<=": (left: Value, right: Value) => compare("<=", left, right) <= 0,
  ">": (left: Value, right: Value) => compare(">", left, right) > 0,
  ">=": (left: Value, right: Value) => compare(">=", left, right) >= 0,
  "+": (left: Value, right: Value, budget: Budget) => add(left, right, budget),
  "-": (left: Value, right: Value) => subtract(left, right),
  "*": (left: Value, right: Value) => multiply(left, right),
  "/": (left: Value, right: Value) =>
    isNumeric(left) && isNumeric(right) ? Number(left) / Number(right) : bad("/", left, right),
  "%": (left: Value, right: Value) => modulo(left, right),
  "**": (left: Value, right: Value) =>
    isNumeric(left) && isNumeric(right) ? Number(left) ** Number(right) : bad("**", left, right),
  "..": (left: Value, right: Value, budget: Budget) => range(left, right, budget),
  "in": (left: Value, right: Value) => contained(left, right),
  "contains": (left: Value, right: Value) => onStrings("contains", left, right, (a, b) => a.includes(b)),
  "startsWith": (left: Value, right: Value) => onStrings("startsWith", left, right, (a, b) => a.startsWith(b)),
  "endsWith": (left: Value, right: Value) => onStrings("endsWith", left, right, (a, b) => a.endsWith(b)),
  "matches": (left: Value, right: Value, budget: Budget) =>
    onStrings("matches", left, right, (a, b) => regex(b, budget).test(a))
})

/** Orders two values of a kind: negative, zero or positive. Throws Refusal. */
export const compare = (operator: string, left: Value, right: Value): number => {
  if (isNumeric(left) && isNumeric(right)) return left < right ? -1 : left > right ? 1 : left == right ? 0 : NaN
  if (typeof left === "string" && typeof right === "string") return left < right ? -1 : left > right ? 1 : 0
  if (isTime(left) && isTime(right)) return left.millis - right.millis
  if (isSpan(left) && isSpan(right)) return left.nanos < right.nanos ? -1 : left.nanos > right.nanos ? 1 : 0
  return bad(operator, left, right)
}

const add = (left: Value, right: Value, budget: Budget): Value => {
  if (typeof left === "string" && typeof right === "string") {
    budget.grow(left.length + right.length)
    return left + right
  }
  if (typeof left === "bigint" && typeof right === "bigint") return int(left + right)
  if (isNumeric(left) && isNumeric(right)) return Number(left) + Number(right)
  if (isTime(left) && isSpan(right)) return time(left.millis + Number(right.nanos) / 1e6, left.offset)
  if (isSpan(left) && isTime(right)) return add(right, left, budget)
  if (isSpan(left) && isSpan(right)) return span(left.nanos + right.nanos)
  return bad("+", left, right)
}

const subtract = (left: Value, right: Value): Value => {
  if (typeof left === "bigint" && typeof right === "bigint") return int(left - right)
  if (isNumeric(left) && isNumeric(right)) return Number(left) - Number(right)
  if (isTime(left) && isTime(right)) return span(BigInt(Math.round((left.millis - right.millis) * 1e6)))
  if (isTime(left) && isSpan(right)) return time(left.millis - Number(right.nanos) / 1e6, left.offset)
  if (isSpan(left) && isSpan(right)) return span(left.nanos - right.nanos)
  return bad("-", left, right)
}

const multiply = (left: Value, right: Value): Value => {
  if (typeof left === "bigint" && typeof right === "bigint") return int(left * right)
  if (isNumeric(left) && isNumeric(right)) return Number(left) * Number(right)
  if (isSpan(left) && typeof right === "bigint") return span(left.nanos * right)
  if (isSpan(right) && typeof left === "bigint") return span(left * right.nanos)
  if (isSpan(left) && typeof right === "number") return Number(left.nanos) * right
  if (isSpan(right) && typeof left === "number") return left * Number(right.nanos)
  return bad("*", left, right)
}

const modulo = (left: Value, right: Value): Value => {
  if (typeof left !== "bigint" || typeof right !== "bigint") return bad("%", left, right)
  if (right === 0n) throw new Refusal("integer divide by zero")
  return left % right
}

const range = (left: Value, right: Value, budget: Budget): Value => {
  if (typeof left !== "bigint" || typeof right !== "bigint") return bad("..", left, right)
  if (right < left) return []
  budget.grow(Number(right - left) + 1)
  return Array.from({ length: Number(right - left) + 1 }, (_, index) => left + BigInt(index))
}

const contained = (left: Value, right: Value): boolean => {
  if (right === null) return false
  if (isList(right)) return right.some((item) => equal(item, left))
  if (isMap(right)) return right.has(left)
  return bad("in", left, right)
}

const onStrings = (
  operator: string,
  left: Value,
  right: Value,
  test: (left: string, right: string) => boolean
): Value => {
  if (left === null || right === null) return false
  return typeof left === "string" && typeof right === "string" ? test(left, right) : bad(operator, left, right)
}
