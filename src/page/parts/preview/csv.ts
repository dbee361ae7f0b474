/** Tables as text. Pure. */

/** The first rows of a table; quotes keep separators and line ends. */
export const rowsOfCsv = (text: string, separator: "," | "\t", most: number): ReadonlyArray<ReadonlyArray<string>> => {
  const rows: Array<Array<string>> = []
  let [row, cell, isQuoted] = [[] as Array<string>, "", false]
  for (let at = 0; at < text.length && rows.length < most; at++) {
    const letter = text[at]!
    if (isQuoted) {
      if (letter !== '"') cell += letter
      else if (text[at + 1] === '"') cell += text[++at]
      else isQuoted = false
    } else if (letter === '"' && cell === "") isQuoted = true
    else if (letter === separator) {
      row.push(cell)
      cell = ""
    } else if (letter === "\n") {
      rows.push([...row, cell.replace(/\r$/, "")])
      ;[row, cell] = [[], ""]
    } else cell += letter
  }
  if ((cell !== "" || row.length > 0) && rows.length < most) rows.push([...row, cell])
  return rows
}
