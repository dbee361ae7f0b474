/**
 * Searches in lines, with patterns of the client's: they are linear in the text, and others get their turn meanwhile.
 */
import { setImmediate } from "node:timers/promises"
import { RE2JS } from "re2js"
import { BadRequest } from "./api/failed.ts"

/** The longest pattern. */
const longest = 1_000

/** Whether a text has what is searched for. */
export type Pattern = (text: string) => boolean

/** A pattern as Go and RE2 have it: it takes no more time than the text is long. Throws BadRequest. */
export const patternOf = (text: string | null): Pattern | undefined => {
  if (text === null || text === "") return undefined
  // What most people type are plain words, and those are found much faster.
  if (/^[\w ,:;=@#%&!"'<>~/-]+$/.test(text) && text.length <= longest) return (it) => it.includes(text)
  try {
    if (text.length <= longest) return finderOf(RE2JS.compile(text))
  } catch (error) {
    throw new BadRequest(`The pattern cannot be read: ${(error as Error).message}`)
  }
  throw new BadRequest(`The pattern has more than ${longest} characters`)
}

const finderOf = (pattern: RE2JS): Pattern => (text) => pattern.matcher(text).find()

/** How many lines are searched before others get their turn. */
const slice = 2_000

/** The lines that a pattern is found in. */
export const matching = async <A extends { readonly text: string }>(
  lines: ReadonlyArray<A>,
  pattern: Pattern | undefined,
  signal: AbortSignal
): Promise<ReadonlyArray<A>> => {
  if (pattern === undefined) return lines
  const found: Array<A> = []
  for (let at = 0; at < lines.length && !signal.aborted; at += slice) {
    if (at > 0) await setImmediate()
    found.push(...lines.slice(at, at + slice).filter(({ text }) => pattern(text)))
  }
  return found
}
