/**
 * Go's regular expressions: RE2's syntax and meaning in linear
 * time, whatever the pattern. What a search reads is counted.
 */
import { type Matcher, MatcherInput, RE2JS } from "re2js"
import type { Budget } from "./Budget.ts"
import { Refusal } from "./ExprError.ts"

const longest = 1_000
/** How many instructions a compiled pattern may have. */
const largest = 20_000
/** Compiled patterns keep what they have learnt of texts, so only a few are kept. */
const mostKept = 32

const kept = new Map<string, RE2JS>()

/** Where something stands in a text. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** Where a match is, and where its groups are. */
export interface Match extends Range {
  /**
   * Where a group is, by number or name; -1 for one that took no part,
   * an error for one that there is not. Only until the next match.
   */
  readonly group: (name: string | number) => Range
}

/** A compiled pattern. All its searches throw Refusal once the budget is used up. */
export interface Pattern {
  /** Whether the text has a match. */
  readonly test: (text: string) => boolean
  /** The matches from left to right as Go's FindAll finds them, up to a number. */
  readonly all: (text: string, most?: number) => Iterable<Match>
}

/** Compiles a pattern of RE2's syntax. Throws Refusal. */
export const regex = (pattern: string, budget: Budget): Pattern => {
  const compiled = kept.get(pattern) ?? compile(pattern, budget)
  kept.delete(pattern)
  kept.set(pattern, compiled)
  if (kept.size > mostKept) kept.delete(kept.keys().next().value!)
  const weight = 1 + (compiled.programSize() >> 2)
  const matcher = (text: string) => compiled.matcher(MatcherInput.utf16(new Counted(text, budget, weight)))
  return { test: (text) => matcher(text).find(), all: (text, most = -1) => matches(matcher(text), text, most) }
}

const compile = (pattern: string, budget: Budget): RE2JS => {
  if (pattern.length > longest) throw new Refusal(`regular expression is longer than ${longest} characters`)
  try {
    const made = RE2JS.compile(pattern)
    const size = made.programSize()
    budget.work(size * 100)
    if (size <= largest) return made
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal(syntaxFault(pattern, error))
  }
  throw new Refusal(`regular expression ${quoted(pattern)} is too large: its repetitions multiply. Use smaller counts`)
}

const quoted = (pattern: string): string => `\`${pattern}\``

/** Go's message, with the place and what RE2 lacks on purpose. */
const syntaxFault = (pattern: string, error: unknown): string => {
  const [, why = String(error), part = ""] = /^error parsing regexp: (.*?): `(.*)`$/s.exec(describe(error)) ?? []
  const at = Math.max(0, pattern.indexOf(part))
  const rest = pattern.slice(at)
  const lacking = /^\(\?(?:[=!]|<[=!])/.test(rest)
    ? ". RE2 has no look-around"
    : /^\\[1-9]/.test(rest)
    ? ". RE2 has no back-references"
    : ""
  const place = `at character ${at + 1} of ${quoted(pattern)}`
  return `error parsing regexp: ${why}: ${quoted(part)} ${place}${lacking}`
}

const describe = (error: unknown): string => error instanceof Error ? error.message : String(error)

/** A text that counts how often it is read. */
class Counted extends String {
  readonly #text: string
  readonly #budget: Budget
  readonly #weight: number

  constructor(text: string, budget: Budget, weight: number) {
    super(text)
    this.#text = text
    this.#budget = budget
    this.#weight = weight
  }

  override charCodeAt(index: number): number {
    this.#budget.work(this.#weight)
    return this.#text.charCodeAt(index)
  }

  override indexOf(part: string, from: number = 0): number {
    const found = this.#text.indexOf(part, from)
    this.#budget.work(1 + (((found < 0 ? this.#text.length : found) - from) >> 4))
    return found
  }
}

/** An empty match right after another one is none. */
function* matches(matcher: Matcher, text: string, most: number): Iterable<Match> {
  let from = 0
  let last = -1
  let count = 0
  while (from <= text.length && count !== most && matcher.find(from)) {
    const [start, end] = [matcher.start(), matcher.end()]
    from = end > from ? end : from + (text.codePointAt(from)! > 0xffff ? 2 : 1)
    if (end > start || start !== last) {
      count++
      yield { start, end, group: (name) => ({ start: matcher.start(name), end: matcher.end(name) }) }
    }
    last = end
  }
}

/** A pattern that matches exactly this text. */
export const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")
