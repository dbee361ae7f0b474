/** Cuts an expression into tokens. */
import { ExprError } from "./ExprError.ts"

/** What a token is. */
export type TokenKind = "number" | "string" | "name" | "operator" | "bracket" | "end"

/** A piece of the source; `text` is the value of a string, the spelling of anything else. */
export interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly at: number
}

const space = /(?:\s+|\/\*[\s\S]*?\*\/|\/\/[^\n]*)+/y
const number =
  /0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*)?\.\d[\d_]*(?:[eE][+-]?\d+)?|\d[\d_]*(?:\.(?=[^.\w]|$))?(?:[eE][+-]?\d+)?/y
const name = /[\p{L}_$][\p{L}\p{N}_$]*/yu
const operator = /\?\.|\?\?|\.\.|\*\*|==|!=|<=|>=|&&|\|\||::|[-+*/%^<>!?:|.,=#;]/y
const words = new Set(["and", "or", "not", "in", "matches", "contains", "startsWith", "endsWith", "let", "if", "else"])

/** The tokens of an expression, with one of kind `end` last. Throws ExprError. */
export const lex = (source: string): ReadonlyArray<Token> => {
  const tokens: Array<Token> = []
  let at = skip(source, 0)
  while (at < source.length) {
    const { token, next } = tokenAt(source, at)
    tokens.push(token)
    at = skip(source, next)
  }
  tokens.push({ kind: "end", text: "end of expression", at: source.length })
  return tokens
}

const skip = (source: string, at: number): number => at + (match(space, source, at)?.length ?? 0)

const match = (pattern: RegExp, source: string, at: number): string | undefined => {
  pattern.lastIndex = at
  return pattern.exec(source)?.[0]
}

interface Cut {
  readonly token: Token
  readonly next: number
}

const tokenAt = (source: string, at: number): Cut => {
  const char = source[at]!
  if (char === "'" || char === '"' || char === "`") return stringAt(source, at, char)
  if ("()[]{}".includes(char)) return cut("bracket", char, at)
  const digits = match(number, source, at)
  if (digits !== undefined) return cut("number", digits, at)
  const word = match(name, source, at)
  if (word !== undefined) return cut(words.has(word) ? "operator" : "name", word, at)
  const sign = match(operator, source, at)
  if (sign !== undefined) return cut("operator", sign, at)
  throw new ExprError(source, at, `unexpected character "${String.fromCodePoint(source.codePointAt(at)!)}"`)
}

const cut = (kind: TokenKind, text: string, at: number): Cut => ({ token: { kind, text, at }, next: at + text.length })

const stringAt = (source: string, at: number, quote: string): Cut => {
  if (quote === "`") return rawString(source, at)
  let text = ""
  let next = at + 1
  while (next < source.length) {
    const char = source[next]!
    if (char === quote) return { token: { kind: "string", text, at }, next: next + 1 }
    if (char === "\n") break
    if (char === "\\") {
      const escape = escapeAt(source, next)
      text += escape.text
      next = escape.next
    } else {
      text += char
      next++
    }
  }
  throw new ExprError(source, at, "literal not terminated")
}

const rawString = (source: string, at: number): Cut => {
  const end = source.indexOf("`", at + 1)
  if (end < 0) throw new ExprError(source, at, "literal not terminated")
  return { token: { kind: "string", text: source.slice(at + 1, end), at }, next: end + 1 }
}

const simple: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
  "`": "`"
}

const coded = /\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([0-7]{3}))/y

const escapeAt = (source: string, at: number): { readonly text: string; readonly next: number } => {
  const plain = simple[source[at + 1] ?? ""]
  if (plain !== undefined) return { text: plain, next: at + 2 }
  coded.lastIndex = at
  const found = coded.exec(source)
  const hex = found?.[1] ?? found?.[2] ?? found?.[3] ?? found?.[4]
  const code = hex !== undefined ? Number.parseInt(hex, 16) : Number.parseInt(found?.[5] ?? "", 8)
  if (found === null || Number.isNaN(code) || code > 0x10ffff) {
    throw new ExprError(source, at, "unable to unescape string, invalid escape sequence")
  }
  return { text: String.fromCodePoint(code), next: at + found[0].length }
}
