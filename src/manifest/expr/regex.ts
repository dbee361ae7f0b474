/** Go's regular expressions (RE2 syntax) as JavaScript's, without what RE2 does not have. */
import { Refusal } from "./ExprError.ts"

const cache = new Map<string, RegExp>()

/** Compiles a pattern of RE2 syntax. Throws Refusal. */
export const regex = (pattern: string): RegExp => {
  const known = cache.get(pattern)
  if (known !== undefined) return known
  const made = compile(pattern)
  if (cache.size > 1_000) cache.clear()
  cache.set(pattern, made)
  return made
}

const compile = (pattern: string): RegExp => {
  if (pattern.length > 1_000) throw new Refusal("regular expression is longer than 1000 characters")
  if (/(?<!\\)(?:\\\\)*(?:\(\?(?:[=!]|<[=!])|\\[1-9])/.test(pattern)) {
    throw new Refusal(`invalid regular expression \`${pattern}\`: look-around and back-references are not supported`)
  }
  if (explosive.test(pattern)) {
    throw new Refusal(`regular expression \`${pattern}\` repeats a repetition: it could take for ever. Rewrite it`)
  }
  const flags = /^\(\?([imsU]+)\)/.exec(pattern)
  const body = (flags === null ? pattern : pattern.slice(flags[0].length))
    .replaceAll("(?P<", "(?<").replaceAll("\\z", "$(?![\\s\\S])").replaceAll("\\A", "^")
    .replace(/\[\[:(\w+):\]\]/g, (_, name: string) => `[${classes[name] ?? ""}]`)
  try {
    return new RegExp(body, `u${(flags?.[1] ?? "").replace("U", "")}`)
  } catch {
    return withoutUnicode(body, pattern, (flags?.[1] ?? "").replace("U", ""))
  }
}

/** A group that repeats within and is itself repeated without bound: `(a+)+`. */
const explosive = /\((?:[^()\\]|\\.)*[+*](?:[^()\\]|\\.)*\)(?:[+*]|\{\d+,\})/

/** The stricter `u` syntax refuses escapes like `\-` and `\_` that RE2 takes. */
const withoutUnicode = (body: string, pattern: string, flags: string): RegExp => {
  try {
    return new RegExp(body, flags)
  } catch (error) {
    throw new Refusal(`error parsing regexp \`${pattern}\`: ${(error as Error).message}`)
  }
}

const classes: Readonly<Record<string, string>> = {
  alpha: "a-zA-Z",
  digit: "0-9",
  alnum: "a-zA-Z0-9",
  upper: "A-Z",
  lower: "a-z",
  space: "\\s",
  punct: "!-/:-@\\[-`{-~",
  xdigit: "0-9a-fA-F",
  word: "\\w"
}

/** A pattern that matches exactly this text. */
export const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")
