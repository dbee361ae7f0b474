/** Cuts a condition of `when` into tokens. */
import { Refusal } from "../expr/ExprError.ts"

/** A token; `value` is what a literal or bare word stands for. */
export interface WhenToken {
  readonly kind: "value" | "operator" | "bracket"
  readonly text: string
  readonly value: string | number | boolean
}

const space = /\s+/y
const number = /0x[0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const operator = /\|\||&&|==|!=|>=|<=|=~|!~|<<|>>|\*\*|\?\?|[-+*/%<>!?:,|&^~]/y
const word = /[\p{L}_][\p{L}\p{N}_.]*/yu
const bracketed = /\[([^\]]*)\]/y
const quoted = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/ys

/** The tokens of a condition. Throws Refusal. */
export const tokensOf = (source: string): ReadonlyArray<WhenToken> => {
  const tokens: Array<WhenToken> = []
  let at = 0
  while (at < source.length) {
    const blank = match(space, source, at)
    if (blank !== null) {
      at += blank[0].length
      continue
    }
    const [token, size] = tokenAt(source, at)
    tokens.push(token)
    at += size
    if (tokens.length > 10_000) throw new Refusal("more than 10000 tokens")
  }
  return tokens
}

const match = (pattern: RegExp, source: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at
  return pattern.exec(source)
}

type Cut = readonly [token: WhenToken, size: number]

const cut = (kind: WhenToken["kind"], text: string, value: string | number | boolean = text): Cut => [
  { kind, text, value },
  text.length
]

const tokenAt = (source: string, at: number): Cut => {
  const char = source[at]!
  if (char === "(" || char === ")") return cut("bracket", char)
  const digits = match(number, source, at)
  if (digits !== null) return cut("value", digits[0], Number(digits[0]))
  const string = match(quoted, source, at)
  if (string !== null) return cut("value", string[0], (string[1] ?? string[2]!).replace(/\\(.)/gs, "$1"))
  const named = match(word, source, at)
  if (named !== null) return bareWord(named[0])
  const name = match(bracketed, source, at)
  if (name !== null) return cut("value", name[0], name[1]!)
  const sign = match(operator, source, at)
  if (sign !== null) return cut("operator", sign[0])
  throw new Refusal(char === "'" || char === '"' ? "Unclosed string literal" : `Invalid token: '${char}'`)
}

const bareWord = (text: string): Cut => {
  const lower = text.toLowerCase()
  if (lower === "in") return cut("operator", text.toLowerCase())
  return cut("value", text, text === "true" ? true : text === "false" ? false : text)
}
