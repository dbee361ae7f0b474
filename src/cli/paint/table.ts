/** Columns that stand under each other. */
import { cut, pad, width } from "./width.ts"

/** Rows as lines, columns three blanks apart; the last column is cut where a line would be wider than the screen. */
export const table = (
  rows: ReadonlyArray<ReadonlyArray<string>>,
  columns: number,
  gap = 3
): ReadonlyArray<string> => {
  const count = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: count }, (_, at) => Math.max(0, ...rows.map((row) => width(row[at] ?? ""))))
  return rows.map((row) => {
    const last = row.findLastIndex((cell) => cell !== "")
    const cells = row.slice(0, last + 1).map((cell, at) => at === last ? cell : pad(cell, widths[at]! + gap))
    return cut(cells.join(""), columns)
  })
}
