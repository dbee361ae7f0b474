/** Field selectors as Kubernetes has them: `phase=Failed,displayName!=a`, with `\,`, `\=` and `\\` in values. Pure. */
import { BadSelector } from "./BadSelector.ts"

/** What one field must be, or must not be. */
export interface FieldTerm {
  readonly field: string
  readonly equal: boolean
  readonly value: string
}

/** The terms of a selector; all of them must hold. Throws BadSelector. */
export const fieldTerms = (text: string): ReadonlyArray<FieldTerm> =>
  text.split(/(?<!(?<!\\)(?:\\\\)*\\),/).filter((it) => it.trim() !== "").map(termOf)

const termOf = (text: string): FieldTerm => {
  const found = /^\s*([^\s=!\\]+)\s*(!=|==|=)\s*((?:[^\\=]|\\[\\,=])*?)\s*$/s.exec(text)
  if (found !== null) {
    const [, field = "", operator, value = ""] = found
    return { field, equal: operator !== "!=", value: value.replace(/\\(.)/gs, "$1") }
  }
  throw new BadSelector(
    `Cannot read "${text.trim()}" in a field selector: write FIELD=VALUE or FIELD!=VALUE; in values, write \\, \\= and \\\\`
  )
}

/** Whether all terms hold; a field that is not there is empty. */
export const fieldsMatch = (
  terms: ReadonlyArray<FieldTerm>,
  read: (field: string) => string | undefined
): boolean => terms.every(({ equal, field, value }) => ((read(field) ?? "") === value) === equal)

/** Refuses fields that nothing has. Throws BadSelector. */
export const mustKnow = (
  terms: ReadonlyArray<FieldTerm>,
  isKnown: (field: string) => boolean,
  known: ReadonlyArray<string>
): void => {
  const other = terms.find(({ field }) => !isKnown(field))
  if (other === undefined) return
  throw new BadSelector(`Unknown field "${other.field}" in a selector: known are ${known.join(", ")}`)
}
