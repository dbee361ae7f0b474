/** What is wrong with what was saved, for a person: where it stands, where that is known. */
import { ownFrame } from "../../run/frame.ts"
import { NotThere, Usage } from "../Usage.ts"

interface Placed {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly severity: string
  readonly message: string
  readonly hint: string
}

/** What an error says, by lines. */
export const mistakeLines = (error: unknown): ReadonlyArray<string> => {
  const { cause, issues, message = String(error), stack } = (error ?? {}) as {
    readonly cause?: { readonly stack?: string; readonly position?: Position | null }
    readonly issues?: ReadonlyArray<Placed>
    readonly message?: string
    readonly stack?: string
  }
  const placed = (issues ?? []).filter((it) => "file" in it && it.severity === "error")
  if (placed.length > 0) {
    return placed.map(({ column, file, hint, line, message }) =>
      `${file}:${line}:${column}: ${message}${hint === "" ? "" : `\n  → ${hint}`}`
    )
  }
  // What this command says of its own has no place with its author.
  const trace = cause?.stack ?? (error instanceof Usage || error instanceof NotThere ? "" : stack)
  return [...new Set([...message.split("\n"), ...placeIn(String(trace ?? "")), ...placeOf(cause?.position)])]
}

/** Where Bun could not parse: such an error of it has no stack. */
interface Position {
  readonly file: string
  readonly line: number
  /** From 1. */
  readonly column: number
  readonly lineText: string
}

const placeOf = (position: Position | null | undefined): ReadonlyArray<string> => {
  if (position === undefined || position === null) return []
  const { column, file, line, lineText } = position
  return [`  at ${file}:${line}:${column}`, lineText, `${" ".repeat(Math.max(0, column - 1))}^`]
}

/** The place of the author's that a stack tells of first, and the code there where it is shown. */
const placeIn = (stack: string): ReadonlyArray<string> => {
  const lines = stack.split("\n")
  const head = lines.findIndex((line) => /^(?:file:\/\/|\/|[A-Za-z]:[\\/]).*:\d+$/.test(line))
  // V8 shows what it could not parse above the error.
  if (head === 0) return [`  at ${pathOf(lines[0]!)}`, ...lines.slice(1, 3).filter((line) => line.trim() !== "")]
  const at = ownFrame(stack)
  return at === undefined ? [] : [`  at ${at}`]
}

const pathOf = (place: string): string => place.replace(/^file:\/\//, "")
