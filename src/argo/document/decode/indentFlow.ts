/**
 * Flow text (`[…]`, `{…}`, quotes) that goes on over several lines must
 * be indented more than its key; Argo's own loader does not insist.
 * This indents such lines, so that the strict parser takes what Argo takes.
 */

interface State {
  /** Open brackets. */
  depth: number
  quote: '"' | "'" | undefined
  /** How far the line with the key is indented. */
  base: number
  /** How far the key of a block scalar is indented, while in one. */
  block: number | undefined
}

/** The text with continued lines indented at least one more than the line that began them. Lines stay lines. */
export const indentFlow = (text: string): string => {
  const state: State = { depth: 0, quote: undefined, base: 0, block: undefined }
  return text.split("\n").map((line) => indentLine(line, state)).join("\n")
}

const indentOf = (line: string): number => line.length - line.trimStart().length

const indentLine = (line: string, state: State): string => {
  if (state.depth > 0 || state.quote !== undefined) {
    scan(line, 0, state)
    const missing = state.base + 1 - indentOf(line)
    return missing > 0 && line.trim() !== "" ? " ".repeat(missing) + line : line
  }
  if (state.block !== undefined) {
    if (line.trim() === "" || indentOf(line) > state.block) return line
    state.block = undefined
  }
  begin(line, state)
  return line
}

const begin = (line: string, state: State): void => {
  const lead = /^(\s*(?:- +)*)(?:[^\s#'"[{][^#'"[{]*?:(?:\s+|$))?/.exec(line)
  const start = lead?.[0].length ?? 0
  state.base = (lead?.[1] ?? "").length
  if (/^[|>][-+\d]*\s*(?:#.*)?$/.test(line.slice(start))) state.block = state.base
  else if (/["'[{]/.test(line[start] ?? "")) scan(line, start, state)
}

const scan = (line: string, from: number, state: State): void => {
  for (let at = from; at < line.length; at++) {
    const char = line[at]!
    if (state.quote !== undefined) {
      if (char === "\\" && state.quote === '"') at++
      else if (char === state.quote) state.quote = undefined
    } else if (char === '"' || char === "'") state.quote = char
    else if (char === "[" || char === "{") state.depth++
    else if (char === "]" || char === "}") state.depth--
    else if (char === "#" && /\s/.test(line[at - 1] ?? " ")) return
    if (state.depth <= 0 && state.quote === undefined) {
      state.depth = 0
      return
    }
  }
}
