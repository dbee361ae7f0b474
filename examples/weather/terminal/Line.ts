/** Lines of coloured text, and how they become what a terminal understands. */

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const

/** How a piece of text looks. */
export type Look = keyof typeof codes | "plain"

/** One line: pieces of text, each with its look. */
export type Line = ReadonlyArray<readonly [text: string, look: Look]>

/** The line as text, at most `width` characters; with escape codes when `coloured`. */
export const paint = (line: Line, width: number, coloured: boolean): string => {
  let left = width
  return line.map(([text, look]) => {
    const shown = [...text].slice(0, left).join("")
    left -= [...shown].length
    return coloured && look !== "plain" && shown !== "" ? `\x1b[${codes[look]}m${shown}\x1b[0m` : shown
  }).join("")
}
