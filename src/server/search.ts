/**
 * Searches in lines, with patterns of the client's: they are linear in the text, and others get their turn meanwhile.
 */
import { setImmediate } from "node:timers/promises"
import { RE2JS } from "re2js"
import { BadRequest } from "./api/failed.ts"

/** The longest pattern. */
const longest = 1_000

/** A pattern as Go and RE2 have it: it takes no more time than the text is long. Throws BadRequest. */
export const patternOf = (text: string | null): RE2JS | undefined => {
  if (text === null || text === "") return undefined
  try {
    if (text.length <= longest) return RE2JS.compile(text)
  } catch (error) {
    throw new BadRequest(`The pattern cannot be read: ${(error as Error).message}`)
  }
  throw new BadRequest(`The pattern has more than ${longest} characters`)
}

/** How many lines are searched before others get their turn. */
const slice = 2_000

/** The lines that a pattern is found in. */
export const matching = async <A extends { readonly text: string }>(
  lines: ReadonlyArray<A>,
  pattern: RE2JS | undefined,
  signal: AbortSignal
): Promise<ReadonlyArray<A>> => {
  if (pattern === undefined) return lines
  const found: Array<A> = []
  for (let at = 0; at < lines.length && !signal.aborted; at += slice) {
    if (at > 0) await setImmediate()
    found.push(...lines.slice(at, at + slice).filter(({ text }) => pattern.matcher(text).find()))
  }
  return found
}
