/** What is wrong with an expression, and where. */
export class ExprError extends Error {
  override readonly name: "ExprError" = "ExprError"
  /** The whole expression. */
  readonly source: string
  /** Characters before the place. */
  readonly at: number
  /** What is wrong, without the place. */
  readonly why: string

  constructor(source: string, at: number, why: string) {
    const { line, column } = placeIn(source, at)
    super(`${why} (${line}:${column}) in expression "${shortened(source)}"`)
    this.source = source
    this.at = at
    this.why = why
  }
}

/** What a function or operator refuses; the evaluator adds the expression and the place. */
export class Refusal extends Error {
  override readonly name: "Refusal" = "Refusal"
}

/** Line and column (both from 1) of a character. */
const placeIn = (source: string, at: number): { readonly line: number; readonly column: number } => {
  const before = source.slice(0, at)
  const start = before.lastIndexOf("\n") + 1
  return { line: before.split("\n").length, column: at - start + 1 }
}

const shortened = (source: string): string => source.length <= 300 ? source : `${source.slice(0, 300)}…`
