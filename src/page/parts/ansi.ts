/** Colours of terminals in lines of logs. Pure. */

/** A piece of a line; `color` is one of the eight of terminals. */
export interface Piece {
  readonly text: string
  readonly color?: string
  readonly bold?: boolean
}

const colors = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
// deno-lint-ignore no-control-regex -- the escape character is what it is about
const mark = /\u001b\[([\d;]*)([A-Za-z])/g

/** The pieces of a line; what moves a cursor is left out. */
export const pieces = (line: string): ReadonlyArray<Piece> => {
  if (!line.includes("\u001b")) return [{ text: line }]
  const found: Array<Piece> = []
  let style: { color?: string; bold?: boolean } = {}
  let from = 0
  const put = (to: number): void => {
    if (to > from) found.push({ text: line.slice(from, to), ...style })
  }
  for (const match of line.matchAll(mark)) {
    put(match.index)
    from = match.index + match[0].length
    if (match[2] === "m") style = styled(style, match[1]!)
  }
  put(line.length)
  return found
}

const styled = (before: { color?: string; bold?: boolean }, codes: string): { color?: string; bold?: boolean } => {
  let style = { ...before }
  for (const code of codes === "" ? [0] : codes.split(";").map(Number)) {
    if (code === 0) style = {}
    else if (code === 1) style.bold = true
    else if (code === 39) delete style.color
    else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) style.color = colors[code % 10]!
  }
  return style
}
