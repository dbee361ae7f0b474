/** Which lines of a log are meant, as SQL of PostgreSQL: finds what the rule of `run/select/lineChoice.ts` finds. */
import type { LineChoice } from "../run/select/lineChoice.ts"
import { sendableText } from "./text.ts"

/** The terms of a choice, with their values: `$1` and so on. */
export const lineTerms = (
  run: number,
  { attempt, level, path, since, texts }: LineChoice
): { readonly sql: string; readonly values: ReadonlyArray<unknown> } => {
  const values: Array<unknown> = []
  const put = (value: unknown): string => `$${values.push(value)}`
  const terms = [`run = ${put(run)}`]
  if (path !== undefined) terms.push(`path = ${put(path)}`)
  if (attempt !== undefined) terms.push(`attempt = ${put(attempt)}`)
  if (level !== undefined) terms.push(`level = ${put(level)}`)
  if (since !== undefined) terms.push(`at >= ${put(since)}`)
  if (texts !== undefined) terms.push(`(${texts.map((it) => contains(it, put)).join(" OR ") || "false"})`)
  return { sql: terms.join(" AND "), values }
}

const contains = (text: string, put: (value: unknown) => string): string => {
  const well = text.toWellFormed()
  return `(strpos(text, ${put(well)}::text) > 0 AND (strpos(text, ${sub}) = 0 OR text ~ ${put(walked(well))}::text))`
}

const sub = String.raw`E'\x1a'`

/** In a text with escapes, nothing is found in the midst of one: the pattern passes whole ones from the beginning. */
const walked = (text: string): string => {
  const quoted = sendableText(text).replace(/[$()*+.?[\\\]^{|}]/g, "\\$&").replaceAll("\u001a", "\\u001a")
  return String.raw`^(?:[^\u001a]|\u001a\u001a|\u001a[0-9a-f]{4})*${quoted}`
}
