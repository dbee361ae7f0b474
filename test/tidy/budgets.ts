/**
 * Sizes: files, functions, imports. A ratchet names the files that
 * are over, with the size they may not exceed; it may only shrink.
 */
import type { Source } from "./Source.ts"
import type { Violation } from "./Violation.ts"

/** Code lines (no blanks, no comments) of a file. */
export const fileLimit = 300
/** Code lines of a function, method or generator, with what is nested in it. */
export const routineLimit = 60
/** The same of files with JSX, whose lines are mostly what is drawn. */
const drawnRoutineLimit = 100
/** Imports of values in a file with JSX: parts are small, and each is one. */
const drawnImportLimit = 18
/** Imports of values in a file; imports of types alone bind nothing at run time and are not counted. */
export const importLimit = 12

/** Files over a budget, with the size they have today. */
export interface Ratchet {
  readonly codeLines: Readonly<Record<string, number>>
  readonly imports: Readonly<Record<string, number>>
}

/** Files, functions and import lists over their budget; files of the ratchet are left to `ratchetViolations`. */
export const budgetViolations = (source: Source, ratchet: Ratchet = none): ReadonlyArray<Violation> => [
  ...(source.path in ratchet.codeLines ? [] : over(source, 1, "The file", source.codeLines, fileLimit, tooLong)),
  ...source.routines.flatMap((it) =>
    over(source, it.line, `${it.name}()`, it.codeLines, isDrawn(source) ? drawnRoutineLimit : routineLimit, tooDeep)
  ),
  ...(source.path in ratchet.imports
    ? []
    : over(source, 1, "The file", imports(source), isDrawn(source) ? drawnImportLimit : importLimit, tooWide))
]

const isDrawn = ({ path }: Source): boolean => path.endsWith(".tsx")

const none: Ratchet = { codeLines: {}, imports: {} }
const tooLong = "code lines. Cut it along its ideas into two files."
const tooDeep = "code lines. Give its parts names and their own functions."
const tooWide = "imports. It knows too much: split it, or move wiring out of it."

/** Ratchet entries that are stale: the file is gone, within the budget, or smaller than the entry says. */
export const ratchetViolations = (sources: ReadonlyArray<Source>, ratchet: Ratchet): ReadonlyArray<Violation> => [
  ...stale(sources, ratchet.codeLines, "code lines", fileLimit, (source) => source.codeLines),
  ...stale(sources, ratchet.imports, "imports", importLimit, imports)
]

const stale = (
  sources: ReadonlyArray<Source>,
  entries: Readonly<Record<string, number>>,
  unit: string,
  limit: number,
  size: (source: Source) => number
): ReadonlyArray<Violation> =>
  Object.entries(entries).flatMap(([file, allowed]) => {
    const source = sources.find((it) => it.path === file)
    const actual = source === undefined ? 0 : size(source)
    if (actual > limit && actual === allowed) return []
    const message = actual > allowed
      ? `has ${actual} ${unit}; the ratchet allows ${allowed}. Make it smaller, never the ratchet larger.`
      : actual <= limit
      ? `is within the budget of ${unit}. Remove it from the ratchet.`
      : `has ${actual} ${unit}. Lower its ratchet entry from ${allowed}.`
    return [{ file, line: 1, message }]
  })

const imports = (source: Source): number => source.imports.filter((it) => it.kind === "import" && !it.erased).length

const over = (
  source: Source,
  line: number,
  what: string,
  size: number,
  limit: number,
  advice: string
): ReadonlyArray<Violation> =>
  size <= limit ? [] : [{ file: source.path, line, message: `${what} has ${size} of at most ${limit} ${advice}` }]
