/** How wide text is on a screen, and text cut to a width. Escape sequences take no room. */
import { stripVTControlCharacters } from "node:util"

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
const plain = /^[\x20-\x7e]*$/
const nothing = /^\p{M}|[\u200b-\u200d\ufe0f]$/u

const widthOf = (letter: string): number => nothing.test(letter) ? 0 : wide.test(letter) ? 2 : 1

/** Columns that text takes. */
export const width = (text: string): number => {
  if (plain.test(text)) return text.length
  let sum = 0
  for (const letter of stripVTControlCharacters(text)) sum += widthOf(letter)
  return sum
}

/** Text filled up with blanks to a width. */
export const pad = (text: string, columns: number): string => text + " ".repeat(Math.max(0, columns - width(text)))

// deno-lint-ignore no-control-regex -- an escape sequence begins with a control character
const parts = /\x1b\[[\d;?]*[a-zA-Z]|./gsu

/** Text cut to a width, with `…` where something is missing; colours are ended. */
export const cut = (text: string, columns: number): string => {
  if (width(text) <= columns) return text
  if (columns < 1) return ""
  let [sum, out, colored] = [0, "", false]
  for (const [part] of text.matchAll(parts)) {
    if (part.startsWith("\x1b")) {
      colored = true
      out += part
    } else if (sum + widthOf(part) <= columns - 1) {
      sum += widthOf(part)
      out += part
    } else break
  }
  return `${out}…${colored ? "\x1b[0m" : ""}`
}

/** Text as lines of at most this many columns, broken between words. */
export const wrap = (text: string, columns: number): ReadonlyArray<string> =>
  text.split(" ").reduce<ReadonlyArray<string>>((lines, word) => {
    const last = lines.at(-1)
    if (last === undefined || width(last) + 1 + width(word) > columns) return [...lines, word]
    return [...lines.slice(0, -1), `${last} ${word}`]
  }, [])

/** Text as one line without control characters. */
export const oneLine = (text: string): string =>
  stripVTControlCharacters(text).replace(/\s*[\r\n]+\s*/g, " ").replace(/\p{Cc}/gu, "")
