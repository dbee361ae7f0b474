/** Values as text, the way Go prints them. */
import { goFormat, spanText } from "./goTime.ts"
import { isList, isMap, isSpan, isTime, isZone, type Value } from "./Value.ts"

/** A float as JSON has it: no exponent between 1e-6 and 1e21. */
export const jsonFloat = (value: number): string => Object.is(value, -0) ? "-0" : String(value)

/** A value as `string()` and `fmt.Sprint` give it. */
export const format = (value: Value): string => {
  if (value === null) return "<nil>"
  if (typeof value === "string") return value
  if (typeof value === "number") return sprintFloat(value)
  if (isList(value)) return `[${value.map(format).join(" ")}]`
  if (isMap(value)) return `map[${[...value].map(([key, item]) => `${format(key)}:${format(item)}`).sort().join(" ")}]`
  if (isTime(value)) return goFormat(value, "2006-01-02 15:04:05.999999999 -0700 MST")
  if (isSpan(value)) return spanText(value)
  if (isZone(value)) return value.name
  return typeof value === "function" ? "func" : String(value)
}

/** `%v` has an exponent from a million on, and below a ten-thousandth. */
const sprintFloat = (value: number): string => {
  if (Number.isNaN(value)) return "NaN"
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf"
  const size = Math.abs(value)
  if (size === 0 || (size >= 1e-4 && size < 1e6)) return jsonFloat(value)
  return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2")
}
