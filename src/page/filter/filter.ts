/**
 * The filter language, the same wherever something is filtered: words match names; `key:a,b` matches a field; a word
 * after `-` must not match; quotes keep spaces. Pure.
 */

/** One condition; all must hold. */
export interface Term {
  /** The field; empty for the name. */
  readonly key: string
  /** Any of these. */
  readonly values: ReadonlyArray<string>
  readonly not: boolean
}

/** What can be matched: the values of each field. */
export type Fields = (key: string) => ReadonlyArray<string> | number | undefined

const word = /(-?)(?:([a-z]+):)?((?:"[^"]*"?|[^\s"])+)/gi

/** The conditions of a text. */
export const parse = (text: string): ReadonlyArray<Term> =>
  [...text.matchAll(word)].map(([, not = "", key = "", value = ""]) => ({
    key: key.toLowerCase(),
    values: (key === "" ? [value] : value.split(",")).map((it) => it.replaceAll('"', "")).filter((it) => it !== ""),
    not: not === "-"
  })).filter(({ values }) => values.length > 0)

/** A text with the condition of one field replaced; no values take it away. */
export const withTerm = (text: string, key: string, values: ReadonlyArray<string>): string => {
  const rest = text.replace(new RegExp(`(^|\\s)-?${key}:\\S+`, "gi"), " ").trim().replace(/\s+/g, " ")
  return values.length === 0 ? rest : `${rest} ${key}:${values.join(",")}`.trim()
}

/** What a text says of one field. */
export const valuesOf = (text: string, key: string): ReadonlyArray<string> =>
  parse(text).filter((it) => it.key === key && !it.not).flatMap(({ values }) => values)

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, "": 1 }

/** Whether a number is what `>10s`, `<=3` or `5` asks for. */
const compares = (value: number, wanted: string): boolean => {
  const [, sign = "", digits = "", unit = ""] = /^([<>]?=?)(\d+(?:\.\d+)?)(ms|s|m|h|d|)$/.exec(wanted) ?? []
  if (digits === "") return false
  const bound = Number(digits) * units[unit]!
  if (sign.startsWith(">")) return sign === ">" ? value > bound : value >= bound
  if (sign.startsWith("<")) return sign === "<" ? value < bound : value <= bound
  return value === bound
}

const holds = ({ key, values }: Term, fields: Fields): boolean => {
  const found = fields(key)
  if (found === undefined) return false
  if (typeof found === "number") return values.some((it) => compares(found, it))
  const exact = key !== "" && key !== "in"
  return values.some((value) => {
    const wanted = value.toLowerCase()
    return found.some((it) => exact ? it.toLowerCase() === wanted : it.toLowerCase().includes(wanted))
  })
}

/** Whether something fits all conditions. */
export const matches = (terms: ReadonlyArray<Term>, fields: Fields): boolean =>
  terms.every((term) => holds(term, fields) !== term.not)
