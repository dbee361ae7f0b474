/** Sprig's functions of numbers. */
import { asWhole } from "../arguments.ts"
import { Refusal } from "../ExprError.ts"
import { int } from "../operators.ts"
import type { Value } from "../Value.ts"
import { type Functions, real, text, whole } from "./values.ts"

const fold = (start: bigint, values: ReadonlyArray<Value>, by: (a: bigint, b: bigint) => bigint): bigint =>
  values.reduce<bigint>((total, value) => int(by(total, whole(value))), start)

const nonZero = (value: bigint): bigint => {
  if (value === 0n) throw new Refusal("integer divide by zero")
  return value
}

const conversions: Functions = {
  int: whole,
  int64: whole,
  float64: real,
  atoi: (value) => /^[+-]?\d{1,18}$/.test(text(value)) ? BigInt(text(value).replace("+", "")) : 0n,
  toDecimal: (value) => /^[+-]?[0-7]{1,20}$/.test(text(value)) ? BigInt(Number.parseInt(text(value), 8)) : 0n
}

const integers: Functions = {
  add: (...values) => fold(0n, values, (a, b) => a + b),
  add1: (value) => int(whole(value) + 1n),
  sub: (a, b) => int(whole(a) - whole(b)),
  mul: (...values) => fold(1n, values, (a, b) => a * b),
  div: (a, b) => whole(a) / nonZero(whole(b)),
  mod: (a, b) => whole(a) % nonZero(whole(b)),
  max: (...values) => values.map(whole).reduce((a, b) => a > b ? a : b),
  biggest: (...values) => values.map(whole).reduce((a, b) => a > b ? a : b),
  min: (...values) => values.map(whole).reduce((a, b) => a < b ? a : b)
}

/** Sprig counts in decimals, of which floats are the nearest: 1.1 + 2.2 is 3.3. */
const decimal = (value: number): number => Number.isFinite(value) ? Number(value.toPrecision(15)) : value

const floats: Functions = {
  add1f: (value) => decimal(real(value) + 1),
  addf: (...values) => values.reduce<number>((total, value) => decimal(total + real(value)), 0),
  subf: (first, ...values) => values.reduce<number>((total, value) => decimal(total - real(value)), real(first)),
  mulf: (...values) => values.reduce<number>((total, value) => decimal(total * real(value)), 1),
  divf: (first, ...values) => values.reduce<number>((total, value) => total / real(value), real(first)),
  maxf: (...values) => Math.max(...values.map(real)),
  minf: (...values) => Math.min(...values.map(real)),
  ceil: (value) => Math.ceil(real(value)),
  floor: (value) => Math.floor(real(value)),
  round: (value, places, on) => rounded(real(value), asWhole(places), on === undefined ? 0.5 : real(on))
}

const rounded = (value: number, places: number, on: number): number => {
  const digits = value * 10 ** places
  return (digits - Math.trunc(digits) >= on ? Math.ceil(digits) : Math.floor(digits)) / 10 ** places
}

const ranges: Functions = {
  until: (count) => stepped(0, asWhole(count), asWhole(count) < 0 ? -1 : 1),
  untilStep: (start, end, step) => stepped(asWhole(start), asWhole(end), asWhole(step)),
  seq: (...values) => sequence(values.map((value) => asWhole(value))).join(" ")
}

const stepped = (start: number, end: number, step: number): ReadonlyArray<bigint> => {
  if (step === 0 || (end - start) / step <= 0) return []
  const size = Math.ceil((end - start) / step)
  if (size > 1_000_000) throw new Refusal("memory budget exceeded")
  return Array.from({ length: size }, (_, index) => BigInt(start + index * step))
}

/** As the command seq: `END`, `START END` or `START STEP END`, the end included. */
const sequence = (given: ReadonlyArray<number>): ReadonlyArray<bigint> => {
  if (given.length === 0 || given.length > 3) return []
  const [start, end] = [given.length === 1 ? 1 : given[0]!, given.at(-1)!]
  const direction = end < start ? -1 : 1
  const step = given.length === 3 ? given[1]! : direction
  return direction < 0 && step > 0 ? [] : stepped(start, end + direction, step)
}

/** By name. */
export const numbers: Functions = { ...conversions, ...integers, ...floats, ...ranges }
