/** What Sprig's functions take for numbers, text and nothing. */
import { format } from "../format.ts"
import { int } from "../operators.ts"
import { type Callable, isList, isMap, isNumeric, isSpan, type Value } from "../Value.ts"

/** Functions by name. */
export type Functions = Readonly<Record<string, Callable>>

/** An argument as text; a missing one is empty. */
export const text = (value: Value | undefined): string => value === undefined || value === null ? "" : format(value)

/** An argument as an integer; what is none is 0. Texts may have a prefix for their base, as `0x` or a leading 0. */
export const whole = (value: Value | undefined): bigint => {
  if (typeof value === "bigint") return value
  if (typeof value === "boolean") return value ? 1n : 0n
  if (typeof value === "number") return Number.isFinite(value) ? int(BigInt(Math.trunc(value))) : 0n
  return typeof value === "string" ? wholeOf(value) : isSpanValue(value)
}

const isSpanValue = (value: Value | undefined): bigint => value !== undefined && isSpan(value) ? value.nanos : 0n

const wholeOf = (written: string): bigint => {
  const [, sign, digits] = /^([+-]?)(\w+?)(?:\.0*)?$/.exec(written.slice(0, 100)) ?? []
  if (digits === undefined) return 0n
  const plain = digits.replace(/^0(?=[0-7])/, "0o")
  if (!/^(?:\d+|0x[\da-f]+|0o[0-7]+|0b[01]+)$/i.test(plain) || /^0\d/.test(plain)) return 0n
  const found = BigInt(plain.toLowerCase())
  return found > 0x7fff_ffff_ffff_ffffn ? 0n : sign === "-" ? -found : found
}

/** An argument as a float; what is none is 0. */
export const real = (value: Value | undefined): number => {
  if (value !== undefined && isNumeric(value)) return Number(value)
  if (typeof value === "boolean") return value ? 1 : 0
  const isNumber = typeof value === "string" && /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(value)
  return isNumber && value.length < 1_000 ? Number(value) : 0
}

/** Whether Sprig takes an argument for nothing. */
export const empty = (value: Value | undefined): boolean =>
  value === undefined || value === null || value === "" || value === false || (isNumeric(value) && value == 0) ||
  (isList(value) && value.length === 0) || (isMap(value) && value.size === 0)
