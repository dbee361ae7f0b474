/** Comments keep to the width that the formatter gives code, which it does not change in comments. */
import { parseSource, type Source } from "./Source.ts"
import type { Violation } from "./Violation.ts"

/** Columns of a line. */
export const widthLimit = 120

/** Lines of which a comment goes beyond the width; code that goes there is the formatter's. */
export const widthViolations = (
  { code, lines, path }: Pick<Source, "code" | "lines" | "path">
): ReadonlyArray<Violation> =>
  lines.flatMap((line, index) => {
    if (line.length <= widthLimit || (code[index] ?? "").trimEnd().length > widthLimit) return []
    const message = `a comment has ${line.length} of at most ${widthLimit} columns. Shorten it, or break the line.`
    return [{ file: path, line: index + 1, message }]
  })

/** The same of a text; one without a long line is not parsed. */
export const widthOf = (path: string, text: string): ReadonlyArray<Violation> =>
  text.split("\n").some((line) => line.length > widthLimit) ? widthViolations(parseSource(path, text)) : []
