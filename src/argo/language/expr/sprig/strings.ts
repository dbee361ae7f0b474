/** Sprig's functions of strings. */
import { asList, asWhole } from "../arguments.ts"
import type { Value } from "../Value.ts"
import { abbreviated, abbreviatedFull, camelCase, joinedWords, wrapped } from "./words.ts"
import { type Functions, text, whole } from "./values.ts"

const trimmed = (value: string, chars: string): string => {
  const set = new Set(chars)
  const all = [...value]
  const start = all.findIndex((char) => !set.has(char))
  return start < 0 ? "" : all.slice(start, all.findLastIndex((char) => !set.has(char)) + 1).join("")
}

const trimming: Functions = {
  trim: (value) => text(value).trim(),
  trimAll: (chars, value) => trimmed(text(value), text(chars)),
  trimall: (chars, value) => trimmed(text(value), text(chars)),
  trimPrefix: (prefix, value) =>
    text(value).startsWith(text(prefix)) ? text(value).slice(text(prefix).length) : text(value),
  trimSuffix: (suffix, value) =>
    text(value).endsWith(text(suffix)) ? text(value).slice(0, text(value).length - text(suffix).length) : text(value),
  nospace: (value) => text(value).replace(/\s/g, ""),
  substr: (start, end, value) => substring(text(value), asWhole(start), asWhole(end)),
  trunc: (size, value) => truncated(text(value), asWhole(size)),
  abbrev: (size, value) => abbreviated(text(value), asWhole(size)),
  abbrevboth: (left, size, value) => abbreviatedFull(text(value), asWhole(left), asWhole(size)),
  initials: (value) => (text(value).match(/(?<=^|\s)\S/g) ?? []).join(""),
  wrap: (size, value) => wrapped(text(value), asWhole(size), "\n", false),
  wrapWith: (size, by, value) => wrapped(text(value), asWhole(size), text(by), true)
}

const truncated = (value: string, size: number): string =>
  size >= 0 ? value.slice(0, size) : -size < value.length ? value.slice(size) : value

const substring = (value: string, start: number, end: number): string =>
  start < 0 ? value.slice(0, end) : value.slice(start, end < 0 || end > value.length ? undefined : end)

const cases: Functions = {
  upper: (value) => text(value).toUpperCase(),
  lower: (value) => text(value).toLowerCase(),
  title: (value) => text(value).replace(/(?<=^|[^\p{L}\p{N}_])\p{L}/gu, (letter) => letter.toUpperCase()),
  untitle: (value) => text(value).replace(/(?<=^|\s)\p{L}/gu, (letter) => letter.toLowerCase()),
  swapcase: (value) =>
    text(value).replace(/\p{L}/gu, (it) => it === it.toUpperCase() ? it.toLowerCase() : it.toUpperCase()),
  snakecase: (value) => joinedWords(text(value), "_"),
  kebabcase: (value) => joinedWords(text(value), "-"),
  camelcase: (value) => camelCase(text(value))
}

const questions: Functions = {
  contains: (part, value) => text(value).includes(text(part)),
  hasPrefix: (prefix, value) => text(value).startsWith(text(prefix)),
  hasSuffix: (suffix, value) => text(value).endsWith(text(suffix)),
  plural: (one, many, count) => whole(count) === 1n ? text(one) : text(many)
}

const present = (values: ReadonlyArray<Value>): ReadonlyArray<string> => values.filter((it) => it !== null).map(text)

const joining: Functions = {
  quote: (...values) => present(values).map((it) => JSON.stringify(it)).join(" "),
  squote: (...values) => present(values).map((it) => `'${it}'`).join(" "),
  cat: (...values) => present(values).join(" "),
  splitList: (by, value) => text(value).split(text(by)),
  split: (by, value) => numbered(text(value).split(text(by))),
  splitn: (by, most, value) => numbered(splitN(text(value), text(by), asWhole(most))),
  toString: (value: Value | undefined) => text(value),
  toStrings: (list) => present(asList(list))
}

const numbered = (parts: ReadonlyArray<string>): Value => new Map(parts.map((part, index) => [`_${index}`, part]))

const splitN = (value: string, by: string, most: number): ReadonlyArray<string> => {
  const parts = value.split(by)
  if (most < 0 || parts.length <= most) return parts
  return most === 0 ? [] : [...parts.slice(0, most - 1), parts.slice(most - 1).join(by)]
}

/** By name. */
export const strings: Functions = { ...trimming, ...cases, ...questions, ...joining }
