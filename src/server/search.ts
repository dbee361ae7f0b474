/** Searches in the lines of a run: storage finds what it can, others get their turn while the rest is searched. */
import { setImmediate } from "node:timers/promises"
import type { Engine } from "../engine/Engine.ts"
import type { LogLine } from "../journal/Reads.ts"
import type { LineChoice } from "../run/select/lineChoice.ts"
import { BadPattern, type LinePattern, linePattern } from "../view/linePattern.ts"
import { BadRequest } from "./api/failed.ts"
import { countLines, lastLines, linesAfter } from "./reads.ts"

/** A pattern of the client's; nothing is searched for where there is none. Throws BadRequest. */
export const patternOf = (text: string | null): LinePattern => {
  try {
    return text === null || text === "" ? { choice: {} } : linePattern(text)
  } catch (error) {
    throw error instanceof BadPattern ? new BadRequest(error.message) : error
  }
}

/** How many lines are searched before others get their turn. */
const slice = 2_000

/** Those of the lines of a pattern's choice that it is found in. */
export const matching = async <A extends { readonly text: string }>(
  lines: ReadonlyArray<A>,
  { test }: LinePattern,
  signal: AbortSignal
): Promise<ReadonlyArray<A>> => {
  if (test === undefined) return lines
  const found: Array<A> = []
  for (let at = 0; at < lines.length && !signal.aborted; at += slice) {
    if (at > 0) await setImmediate()
    found.push(...lines.slice(at, at + slice).filter(({ text }) => test(text)))
  }
  return found
}

/** Which of the lines that are found are wanted. */
export interface LinePage {
  readonly skip: number
  readonly limit: number
  /** The last ones instead. */
  readonly tail: boolean
}

/** A page of the lines that are found, and how many are found in all. */
export const search = async (
  engine: Engine,
  run: number,
  { choice, page, pattern, signal }: {
    readonly choice: LineChoice
    readonly pattern: LinePattern
    readonly page: LinePage
    readonly signal: AbortSignal
  }
): Promise<{ readonly lines: ReadonlyArray<LogLine>; readonly total: number }> => {
  const { limit, skip, tail } = page
  const meant = { ...choice, ...pattern.choice }
  if (pattern.test !== undefined) {
    const found = await matching(await linesAfter(engine, run, 0, meant), pattern, signal)
    return {
      lines: tail ? found.slice(Math.max(0, found.length - limit)) : found.slice(skip, skip + limit),
      total: found.length
    }
  }
  const [lines, total] = await Promise.all([
    tail ? lastLines(engine, run, meant, limit) : linesAfter(engine, run, 0, { ...meant, skip, limit }),
    countLines(engine, run, meant)
  ])
  return { lines, total }
}
