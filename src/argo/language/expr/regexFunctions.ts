/** What Go and Sprig do with matches: take, replace and split. */
import type { Match, Pattern } from "./regex.ts"

/** The texts of the matches, up to a number; a negative one sets no bound. */
export const findAll = (pattern: Pattern, text: string, most: number): ReadonlyArray<string> =>
  [...pattern.all(text, most)].map(({ start, end }) => text.slice(start, end))

/** The text with each match replaced by what `by` makes of it. */
export const replaceAll = (pattern: Pattern, text: string, by: (match: Match) => string): string => {
  const parts: Array<string> = []
  let from = 0
  for (const match of pattern.all(text)) {
    parts.push(text.slice(from, match.start), by(match))
    from = match.end
  }
  return parts.join("") + text.slice(from)
}

const reference = /\$(?:\$|(\w+)|\{(\w+)\})/g

/** What a replacement means for a match: `$1`, `${1}` and `${name}` are groups, `$$` is a dollar sign. */
export const expand = (template: string, text: string, { group }: Match): string =>
  template.replace(reference, (whole, plain?: string, braced?: string) => {
    if (whole === "$$") return "$"
    const name = plain ?? braced!
    try {
      const { start, end } = group(/^\d+$/.test(name) ? Number(name) : name)
      return start < 0 ? "" : text.slice(start, end)
    } catch {
      return ""
    }
  })

/** The pieces between matches as Go's Split gives them. */
export const splitBy = (pattern: Pattern, text: string, most: number): ReadonlyArray<string> => {
  if (most === 0) return []
  if (text === "") return [""]
  const pieces: Array<string> = []
  let [from, end] = [0, 0]
  for (const match of pattern.all(text, most)) {
    if (most > 0 && pieces.length === most - 1) break
    end = match.start
    if (match.end !== 0) pieces.push(text.slice(from, end))
    from = match.end
  }
  if (end !== text.length) pieces.push(text.slice(from))
  return pieces
}
