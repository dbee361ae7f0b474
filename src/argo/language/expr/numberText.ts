/** JSON whose numbers keep the text they were written with: `3.10`, `1e-05`, integers of any length. */

/** A number as it was written; `JSON.stringify` writes it so again. */
export interface NumberText {
  readonly rawJSON: string
}

/** What all supported runtimes have, and TypeScript's library does not know yet. */
const json = JSON as unknown as {
  readonly rawJSON: (text: string) => NumberText
  readonly isRawJSON: (value: unknown) => value is NumberText
}

/** Whether a value is a number that keeps its text. */
export const isNumberText = (value: unknown): value is NumberText => json.isRawJSON(value)

/** Parses JSON. Numbers that JavaScript would write otherwise are NumberTexts. Throws SyntaxError. */
export const parseKeepingNumbers = (text: string): unknown =>
  JSON.parse(
    text,
    (_, value, context?: { readonly source?: string }) =>
      typeof value === "number" && context?.source !== undefined && context.source !== String(value)
        ? json.rawJSON(context.source)
        : value
  )

/** A value as text: JSON of lists and maps, else what was written. */
export const textOf = (value: unknown): string =>
  isNumberText(value) ? value.rawJSON : typeof value === "object" ? JSON.stringify(value) : String(value)
