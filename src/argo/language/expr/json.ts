/** JSON and expression values. */
import type { Budget } from "./Budget.ts"
import { Refusal } from "./ExprError.ts"
import { jsonFloat } from "./format.ts"
import { goFormat } from "./goTime.ts"
import { measure } from "./measure.ts"
import { isList, isMap, isSpan, isTime, isZone, type Value } from "./Value.ts"

const deepest = 1_000

/** A parsed JSON value as an expression sees it: every number is a float, unless `integers` are kept. */
export const fromJson = (json: unknown, integers: boolean = false, depth: number = 0): Value => {
  if (depth > deepest) throw new Refusal(`value is nested deeper than ${deepest}`)
  if (json === null || json === undefined) return null
  if (typeof json === "number") return integers && Number.isSafeInteger(json) ? BigInt(json) : json
  if (typeof json === "boolean" || typeof json === "string") return json
  if (Array.isArray(json)) return json.map((item) => fromJson(item, integers, depth + 1))
  if (typeof json !== "object") throw new Refusal(`a ${typeof json} is not a JSON value`)
  return new Map(Object.entries(json).map(([key, value]) => [key, fromJson(value, integers, depth + 1)]))
}

/** Parses JSON text. Throws Refusal. */
export const parseJson = (text: string): Value => {
  try {
    return fromJson(JSON.parse(text))
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal(`invalid JSON: ${(error as Error).message}`)
  }
}

/** JSON text of a value with keys sorted; `indent` is what a level is indented by, default none. Throws Refusal. */
export const toJson = (value: Value, indent: string = "", budget?: Budget): string => {
  // Each value has a line of its own, indented as deep as it stands.
  const { depth, items } = measure(value)
  if (indent !== "") budget?.grow(items * depth * indent.length)
  return write(value, indent, "", 0)
}

const write = (value: Value, indent: string, margin: string, depth: number): string => {
  if (depth > deepest) throw new Refusal(`value is nested deeper than ${deepest}`)
  const inner = margin + indent
  if (isList(value)) {
    return enclosed(
      "[",
      "]",
      value.map((item) => write(item, indent, inner, depth + 1)),
      indent,
      margin
    )
  }
  if (isMap(value)) {
    const pairs = [...value].map(([key, item]) => [plainKey(key), item] as const).sort(([a], [b]) => a < b ? -1 : 1)
    const gap = indent === "" ? ":" : ": "
    const parts = pairs.map(([key, item]) => JSON.stringify(key) + gap + write(item, indent, inner, depth + 1))
    return enclosed("{", "}", parts, indent, margin)
  }
  return scalar(value)
}

const enclosed = (
  open: string,
  close: string,
  parts: ReadonlyArray<string>,
  indent: string,
  margin: string
): string => {
  if (parts.length === 0) return open + close
  if (indent === "") return open + parts.join(",") + close
  const inner = `\n${margin}${indent}`
  return `${open}${inner}${parts.join(`,${inner}`)}\n${margin}${close}`
}

const plainKey = (key: Value): string => typeof key === "string" ? key : scalar(key)

const scalar = (value: Value): string => {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new Refusal("json: unsupported value: not a finite number")
    return jsonFloat(value)
  }
  if (typeof value === "bigint") return String(value)
  if (typeof value === "string") return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escaped)
  if (isTime(value)) return JSON.stringify(goFormat(value, "2006-01-02T15:04:05.999999999Z07:00"))
  if (isSpan(value)) return String(value.nanos)
  if (isZone(value)) return "{}"
  if (typeof value === "function") throw new Refusal("json: unsupported type: func")
  return String(value)
}

const escaped = (char: string): string => `\\u${char.codePointAt(0)!.toString(16).padStart(4, "0")}`
