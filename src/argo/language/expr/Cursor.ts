/** Reading a text from left to right. */
import type { Budget } from "./Budget.ts"

/** A text and how far it was read. */
export interface Cursor {
  readonly text: string
  /** What the text is, for messages. */
  readonly what: string
  at: number
  /** What may be spent on what the text says. */
  readonly budget: Budget
}

/** A text in quotes, where the cursor stands. */
export const quoted: RegExp = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/y

/** Takes what a sticky pattern matches here, or nothing. */
export const take = (cursor: Cursor, pattern: RegExp): string | undefined => {
  pattern.lastIndex = cursor.at
  const found = pattern.exec(cursor.text)?.[0]
  if (found !== undefined) cursor.at += found.length
  return found
}

/** Goes past white space. */
export const spaces = (cursor: Cursor): void => void take(cursor, /\s*/y)

/** What stands between quotes. */
export const quotedText = (text: string): string => text.slice(1, -1).replace(/\\(.)/g, "$1")
