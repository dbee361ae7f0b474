/** Patterns that lines of logs are searched for: what storage can look for by itself, and what is left. */
import { RE2JS } from "re2js"
import type { LineChoice } from "../run/select/lineChoice.ts"

/** The longest pattern. */
const longest = 1_000
/** How many texts storage looks for at once. */
const mostTexts = 20

/** A pattern that cannot be used; the message says why. */
export class BadPattern extends Error {
  readonly _tag: "BadPattern" = "BadPattern"
}

/** What must hold of a line that the pattern is found in: the choice, and then the test if there is one. */
export interface LinePattern {
  readonly choice: Pick<LineChoice, "texts">
  readonly test?: (text: string) => boolean
}

/** A pattern as Go and RE2 have it: it takes no more time than the text is long. Throws BadPattern. */
export const linePattern = (written: string): LinePattern => {
  const pattern = written.toWellFormed()
  if (pattern.length > longest) throw new BadPattern(`The pattern has more than ${longest} characters`)
  const compiled = compile(pattern)
  const found = pattern.split("|").map(literalOf)
  if (found.length > mostTexts || !found.every((it) => it !== undefined && it.text !== "")) {
    return { choice: {}, test: (text) => compiled.test(text) }
  }
  const choice = { texts: found.map((it) => it!.text) }
  return found.every((it) => it!.isAll) ? { choice } : { choice, test: (text) => compiled.test(text) }
}

const compile = (pattern: string): RE2JS => {
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    throw new BadPattern(`The pattern cannot be read: ${(error as Error).message}`)
  }
}

/** A sign that stands for itself, or one that stands for others; groups, classes and counts are not looked into. */
const token =
  /(?:\\(?<quoted>[!-/:-@[-`{-~])|(?<plain>[^\\()[\]{}*+?.^$])|(?:[.^$]|\\[dDsSwWbB]))(?<times>[*+?]\??)?/guy

/** The longest text that is in everything that an alternative matches, and whether that is all that it asks for. */
const literalOf = (pattern: string): { readonly text: string; readonly isAll: boolean } | undefined => {
  const texts = [""]
  let end = 0
  for (const { 0: whole, groups, index } of pattern.matchAll(token)) {
    end = index + whole.length
    const sign = groups!["quoted"] ?? groups!["plain"]
    const isOptional = groups!["times"] !== undefined && !groups!["times"].startsWith("+")
    if (sign !== undefined && !isOptional) texts.push(texts.pop()! + sign)
    if (sign === undefined || groups!["times"] !== undefined) texts.push("")
  }
  if (end < pattern.length) return undefined
  return { text: texts.reduce((best, it) => it.length > best.length ? it : best), isAll: texts.length === 1 }
}
