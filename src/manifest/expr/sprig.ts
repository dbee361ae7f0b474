/** Sprig functions as `sprig.NAME`, those of them that neither read the environment nor the network. */
import { asList, asMap, asString, asWhole } from "./arguments.ts"
import type { Budget } from "./Budget.ts"
import { toFloat, toInt } from "./conversions.ts"
import { Refusal } from "./ExprError.ts"
import { goFormat, time } from "./goTime.ts"
import { parseJson, toJson } from "./json.ts"
import { int } from "./operators.ts"
import { metered, text } from "./sprigMetered.ts"
import { Buffer } from "node:buffer"
import { createHash } from "node:crypto"
import { type Callable, equal, isList, isMap, isNumeric, isTime, type Value, type ValueMap } from "./Value.ts"

type Functions = Readonly<Record<string, Callable>>

const whole = (value: Value | undefined): bigint => {
  try {
    return toInt(typeof value === "string" && value.includes(".") ? toFloat(value) : value ?? 0n)
  } catch {
    return 0n
  }
}
const real = (value: Value | undefined): number => {
  try {
    return toFloat(value ?? 0n)
  } catch {
    return 0
  }
}
const empty = (value: Value | undefined): boolean =>
  value === undefined || value === null || value === "" || value === false || (isNumeric(value) && value == 0) ||
  (isList(value) && value.length === 0) || (isMap(value) && value.size === 0)

const strings: Functions = {
  trim: (value) => text(value).trim(),
  trimAll: (chars, value) => trimmed(text(value), text(chars)),
  trimPrefix: (prefix, value) =>
    text(value).startsWith(text(prefix)) ? text(value).slice(text(prefix).length) : text(value),
  trimSuffix: (suffix, value) =>
    text(value).endsWith(text(suffix)) ? text(value).slice(0, text(value).length - text(suffix).length) : text(value),
  upper: (value) => text(value).toUpperCase(),
  lower: (value) => text(value).toLowerCase(),
  title: (value) => text(value).replace(/\b\p{L}/gu, (letter) => letter.toUpperCase()),
  untitle: (value) => text(value).replace(/\b\p{L}/gu, (letter) => letter.toLowerCase()),
  substr: (start, end, value) => substring(text(value), asWhole(start), asWhole(end)),
  nospace: (value) => text(value).replace(/\s/g, ""),
  trunc: (size, value) => asWhole(size) < 0 ? text(value).slice(asWhole(size)) : text(value).slice(0, asWhole(size)),
  abbrev: (size, value) =>
    text(value).length > asWhole(size) ? `${text(value).slice(0, asWhole(size) - 3)}...` : text(value),
  contains: (part, value) => text(value).includes(text(part)),
  hasPrefix: (prefix, value) => text(value).startsWith(text(prefix)),
  hasSuffix: (suffix, value) => text(value).endsWith(text(suffix)),
  quote: (...values) => values.filter((it) => it !== null).map((it) => JSON.stringify(text(it))).join(" "),
  squote: (...values) => values.filter((it) => it !== null).map((it) => `'${text(it)}'`).join(" "),
  cat: (...values) => values.filter((it) => it !== null).map(text).join(" "),
  plural: (one, many, count) => asWhole(count) === 1 ? text(one) : text(many),
  snakecase: (value) => cased(text(value), "_"),
  kebabcase: (value) => cased(text(value), "-"),
  camelcase: (value) =>
    cased(text(value), "_").replace(/(?:^|_)(\p{L})/gu, (_, letter: string) => letter.toUpperCase()),
  regexQuoteMeta: (value) => text(value).replace(/[\\.+*?()|[\]{}^$]/g, "\\$&"),
  splitList: (by, value) => text(value).split(text(by)),
  split: (by, value) => new Map(text(value).split(text(by)).map((part, index) => [`_${index}`, part])),
  splitn: (by, most, value) =>
    new Map(parts(text(value).split(text(by)), asWhole(most)).map((part, index) => [`_${index}`, part])),
  toString: (value: Value | undefined) => text(value),
  toStrings: (list) => asList(list).map(text)
}

const substring = (value: string, start: number, end: number): string =>
  start < 0 ? value.slice(0, end) : value.slice(start, end < 0 || end > value.length ? undefined : end)

const trimmed = (value: string, chars: string): string => {
  const set = new Set(chars)
  const all = [...value]
  const start = all.findIndex((char) => !set.has(char))
  return start < 0 ? "" : all.slice(start, all.findLastIndex((char) => !set.has(char)) + 1).join("")
}

const cased = (value: string, by: string): string =>
  value.replace(/([\p{Ll}\d])(\p{Lu})/gu, `$1${by}$2`).replace(/[\s_-]+/g, by).toLowerCase()

const parts = (cut: ReadonlyArray<string>, most: number): ReadonlyArray<string> => most < 0 ? cut : cut.slice(0, most)

const fold = (start: bigint, values: ReadonlyArray<Value>, by: (a: bigint, b: bigint) => bigint): bigint =>
  values.reduce<bigint>((total, value) => int(by(total, whole(value))), start)

const nonZero = (value: bigint): bigint => {
  if (value === 0n) throw new Refusal("integer divide by zero")
  return value
}

const numbers: Functions = {
  int: whole,
  int64: whole,
  float64: real,
  atoi: whole,
  toDecimal: (value) => BigInt(Number.parseInt(text(value), 8) || 0),
  add: (...values) => fold(0n, values, (a, b) => a + b),
  add1: (value) => whole(value) + 1n,
  sub: (a, b) => int(whole(a) - whole(b)),
  mul: (...values) => fold(1n, values, (a, b) => a * b),
  div: (a, b) => whole(a) / nonZero(whole(b)),
  mod: (a, b) => whole(a) % nonZero(whole(b)),
  addf: (...values) => values.reduce<number>((total, value) => total + real(value), 0),
  subf: (a, b) => real(a) - real(b),
  mulf: (...values) => values.reduce<number>((total, value) => total * real(value), 1),
  divf: (a, b) => real(a) / real(b),
  max: (...values) => values.map(whole).reduce((a, b) => a > b ? a : b),
  min: (...values) => values.map(whole).reduce((a, b) => a < b ? a : b),
  maxf: (...values) => Math.max(...values.map(real)),
  minf: (...values) => Math.min(...values.map(real)),
  ceil: (value) => Math.ceil(real(value)),
  floor: (value) => Math.floor(real(value)),
  round: (value, places) => Number(real(value).toFixed(asWhole(places))),
  until: (count) => Array.from({ length: bounded(asWhole(count)) }, (_, index) => BigInt(index)),
  untilStep: (start, end, step) => stepped(asWhole(start), asWhole(end), asWhole(step)),
  seq: (...values) => sequence(values.map((value) => asWhole(value))).join(" ")
}

const bounded = (size: number): number => {
  if (size > 1_000_000) throw new Refusal("memory budget exceeded")
  return Math.max(0, size)
}

const stepped = (start: number, end: number, step: number): ReadonlyArray<bigint> =>
  step === 0 || (end - start) / step <= 0
    ? []
    : Array.from({ length: bounded(Math.ceil((end - start) / step)) }, (_, index) => BigInt(start + index * step))

const sequence = (bounds: ReadonlyArray<number>): ReadonlyArray<bigint> => {
  const [start = 1, end = bounds[0] ?? 1] = bounds.length === 1 ? [1, bounds[0]!] : [bounds[0], bounds.at(-1)]
  const step = bounds.length === 3 ? bounds[1]! : end < start ? -1 : 1
  return stepped(start, end + Math.sign(step), step)
}

const lists: Functions = {
  list: (...values) => values,
  tuple: (...values) => values,
  first: (list) => asList(list)[0] ?? null,
  last: (list) => asList(list).at(-1) ?? null,
  rest: (list) => asList(list).slice(1),
  initial: (list) => asList(list).slice(0, -1),
  append: (list, value) => [...asList(list), value ?? null],
  push: (list, value) => [...asList(list), value ?? null],
  prepend: (list, value) => [value ?? null, ...asList(list)],
  concat: (...values) => values.flatMap((value) => asList(value)),
  reverse: (list) => asList(list).toReversed(),
  has: (value, list) => asList(list).some((item) => equal(item, value ?? null)),
  compact: (list) => asList(list).filter((item) => !empty(item)),
  slice: (list, from, to) => asList(list).slice(asWhole(from ?? 0n), to === undefined ? undefined : asWhole(to)),
  chunk: (size, list) => chunks(asList(list), Math.max(1, asWhole(size)))
}

const chunks = (list: ReadonlyArray<Value>, size: number): ReadonlyArray<Value> =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size))

const dicts: Functions = {
  dict: (...values) => new Map(chunks(values, 2).map((pair) => [text(asList(pair)[0]), asList(pair)[1] ?? ""])),
  get: (map, key) => asMap(map).get(key ?? null) ?? "",
  hasKey: (map, key) => asMap(map).has(key ?? null),
  keys: (...maps) => maps.flatMap((map) => [...asMap(map).keys()]),
  values: (map) => [...asMap(map).values()],
  pick: (map, ...keys) => new Map([...asMap(map)].filter(([key]) => keys.includes(key))),
  omit: (map, ...keys) => new Map([...asMap(map)].filter(([key]) => !keys.includes(key))),
  merge: (...maps) => new Map(maps.toReversed().flatMap((map) => [...asMap(map)])),
  mergeOverwrite: (...maps) => new Map(maps.flatMap((map) => [...asMap(map)])),
  set: (map, key, value) => new Map([...asMap(map), [key ?? null, value ?? null]]),
  unset: (map, key) => new Map([...asMap(map)].filter(([it]) => it !== key)),
  dig: (...args) => dig(args.slice(0, -2), args.at(-2) ?? null, args.at(-1) ?? null)
}

const dig = (keys: ReadonlyArray<Value>, fallback: Value, map: Value): Value =>
  keys.reduce<Value>((value, key) => isMap(value) && value.has(key) ? value.get(key)! : null, map) ?? fallback

const logic: Functions = {
  default: (fallback, value) => empty(value) ? fallback ?? null : value ?? null,
  empty: (value) => empty(value),
  coalesce: (...values) => values.find((value) => !empty(value)) ?? null,
  all: (...values) => values.every((value) => !empty(value)),
  any: (...values) => values.some((value) => !empty(value)),
  ternary: (yes, no, test) => (test === true ? yes : no) ?? null,
  fail: (message) => {
    throw new Refusal(text(message))
  }
}

const encodings: Functions = {
  toJson: (value) => toJson(value ?? null),
  toRawJson: (value) => toJson(value ?? null),
  fromJson: (value) => parseJson(text(value)),
  b64enc: (value) => Buffer.from(text(value)).toString("base64"),
  b64dec: (value) => Buffer.from(text(value), "base64").toString("utf8"),
  sha256sum: (value) => createHash("sha256").update(text(value)).digest("hex"),
  sha1sum: (value) => createHash("sha1").update(text(value)).digest("hex"),
  base: (value) => withoutSlashes(text(value)).split("/").at(-1) ?? "",
  dir: (value) => text(value).includes("/") ? text(value).slice(0, text(value).lastIndexOf("/")) || "/" : ".",
  ext: (value) => extension(text(value)),
  clean: (value) => text(value).replace(/\/{2,}/g, "/").replace(/(?<=.)\/$/, ""),
  isAbs: (value) => text(value).startsWith("/")
}

const withoutSlashes = (path: string): string => {
  let end = path.length
  while (path[end - 1] === "/") end--
  return path.slice(0, end)
}

const extension = (path: string): string => {
  const dot = path.lastIndexOf(".")
  return dot < 0 || path.includes("/", dot) ? "" : path.slice(dot)
}

const dates = (now: () => number): Functions => ({
  now: () => time(now()),
  date: (layout, value) => goFormat(instant(value, now), asString(layout)),
  dateInZone: (layout, value) => goFormat(instant(value, now), asString(layout)),
  unixEpoch: (value) => String(Math.floor(instant(value, now).millis / 1_000))
})

const instant = (value: Value | undefined, now: () => number) =>
  value !== undefined && isTime(value) ? value : time(isNumeric(value ?? null) ? Number(value) * 1_000 : now())

/** The functions as a map, with what they may use. */
export const sprig = (budget: Budget, now: () => number): ValueMap =>
  new Map<Value, Value>(
    Object.entries({
      ...strings,
      ...numbers,
      ...lists,
      ...dicts,
      ...logic,
      ...encodings,
      ...dates(now),
      ...metered(budget)
    })
  )
