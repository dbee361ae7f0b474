/** Sizes: files, functions, imports. A ratchet names the files that are over, with the size they may not exceed; it may only shrink. */
import type { Source } from "./Source.ts"
import type { Violation } from "./Violation.ts"

/** Code lines (no blanks, no comments) of a file. */
export const fileLimit = 300
/** Code lines of a function, method or generator, with what is nested in it. */
export const routineLimit = 60
/** Import declarations of a file. */
export const importLimit = 12

/** Path to the number of code lines that the file has today. */
export type Ratchet = Readonly<Record<string, number>>

/** Files, functions and import lists over their budget. */
export const budgetViolations = (source: Source): ReadonlyArray<Violation> => [
  ...over(source, 1, "The file", source.codeLines, fileLimit, "code lines. Cut it along its ideas into two files."),
  ...source.routines.flatMap((it) =>
    over(
      source,
      it.line,
      `${it.name}()`,
      it.codeLines,
      routineLimit,
      "code lines. Give its parts names and their own functions."
    )
  ),
  ...over(
    source,
    1,
    "The file",
    imports(source),
    importLimit,
    "imports. It knows too much: split it, or move wiring out of it."
  )
]

/** Ratchet entries that are stale: the file is gone, within the budget, or smaller than the entry says. */
export const ratchetViolations = (sources: ReadonlyArray<Source>, ratchet: Ratchet): ReadonlyArray<Violation> =>
  Object.entries(ratchet).flatMap(([file, allowed]) => {
    const source = sources.find((it) => it.path === file)
    const actual = source?.codeLines ?? 0
    if (actual > fileLimit && actual === allowed) return []
    const message = actual > allowed
      ? `has ${actual} code lines; the ratchet allows ${allowed}. Make it smaller, never the ratchet larger.`
      : actual <= fileLimit
      ? "is within the budget. Remove it from the ratchet."
      : `has ${actual} code lines. Lower its ratchet entry from ${allowed}.`
    return [{ file, line: 1, message }]
  })

const imports = (source: Source): number => source.imports.filter((it) => it.kind === "import").length

const over = (
  source: Source,
  line: number,
  what: string,
  size: number,
  limit: number,
  advice: string
): ReadonlyArray<Violation> =>
  size <= limit ? [] : [{ file: source.path, line, message: `${what} has ${size} of at most ${limit} ${advice}` }]
