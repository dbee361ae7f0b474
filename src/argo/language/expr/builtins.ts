/** The builtin functions of expr-lang, except those with a predicate. */
import { asInteger, asList, asMap, asNumber, asString, asWhole } from "./arguments.ts"
import type { Budget } from "./Budget.ts"
import { conversions } from "./conversions.ts"
import { Refusal } from "./ExprError.ts"
import { format } from "./format.ts"
import { goParse } from "./goParse.ts"
import { parseSpan, time } from "./goTime.ts"
import { shownIn, zoneNamed } from "./zones.ts"
import { direction } from "./iterate.ts"
import { workOf } from "./measure.ts"
import { member } from "./members.ts"
import { applyBinary, compare, int } from "./operators.ts"
import { type Callable, equal, isList, isMap, isNumeric, isZone, typeName, type Value } from "./Value.ts"

type Functions = Readonly<Record<string, Callable>>

/** All of them by name, with what they may use. */
export const builtins = (budget: Budget, now: () => number): ReadonlyMap<string, Callable> =>
  new Map(
    Object.entries({
      ...plain,
      ...conversions(budget),
      ...bounded(budget),
      now: counted(0, 1, (zone) => shownIn(time(now()), zone))
    })
  )

const counted = (fewest: number, most: number, callable: Callable): Callable => (...args) => {
  if (args.length >= fewest && args.length <= most) return callable(...args)
  const expected = fewest === most ? String(fewest) : `${fewest} to ${most}`
  throw new Refusal(`invalid number of arguments (expected ${expected}, got ${args.length})`)
}

const strings: Functions = {
  trim: counted(1, 2, (text, chars) => trimmed(asString(text), chars)),
  trimPrefix: counted(1, 2, (text, prefix = " ") => withoutPrefix(asString(text), asString(prefix))),
  trimSuffix: counted(1, 2, (text, suffix = " ") => withoutSuffix(asString(text), asString(suffix))),
  upper: counted(1, 1, (text) => asString(text).toUpperCase()),
  lower: counted(1, 1, (text) => asString(text).toLowerCase()),
  split: counted(2, 3, (text, by, most) => split(asString(text), asString(by), most, false)),
  splitAfter: counted(2, 3, (text, by, most) => split(asString(text), asString(by), most, true)),
  indexOf: counted(2, 2, (text, part) => BigInt(asString(text).indexOf(asString(part)))),
  lastIndexOf: counted(2, 2, (text, part) => BigInt(asString(text).lastIndexOf(asString(part)))),
  hasPrefix: counted(2, 2, (text, prefix) => asString(text).startsWith(asString(prefix))),
  hasSuffix: counted(2, 2, (text, suffix) => asString(text).endsWith(asString(suffix)))
}

const trimmed = (text: string, chars: Value | undefined): string => {
  if (chars === undefined) return text.trim()
  const set = new Set(asString(chars))
  const all = [...text]
  const start = all.findIndex((char) => !set.has(char))
  return start < 0 ? "" : all.slice(start, all.findLastIndex((char) => !set.has(char)) + 1).join("")
}

const withoutPrefix = (text: string, prefix: string): string =>
  text.startsWith(prefix) ? text.slice(prefix.length) : text

const withoutSuffix = (text: string, suffix: string): string =>
  text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text

const split = (text: string, by: string, most: Value | undefined, keep: boolean): Value => {
  const parts = text.split(by)
  const limit = most === undefined ? -1 : asWhole(most)
  const cut = limit > 0 && parts.length > limit
    ? [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(by)]
    : limit === 0
    ? []
    : parts
  return keep ? cut.map((part, index) => index < cut.length - 1 ? part + by : part) : cut
}

const numbers: Functions = {
  abs: counted(
    1,
    1,
    (value) =>
      typeof asNumber(value) === "bigint" ? int(magnitude(asInteger(value))) : Math.abs(asNumber(value) as number)
  ),
  ceil: counted(1, 1, (value) => Math.ceil(Number(asNumber(value)))),
  floor: counted(1, 1, (value) => Math.floor(Number(asNumber(value)))),
  round: counted(1, 1, (value) => Math.sign(Number(asNumber(value))) * Math.round(Math.abs(Number(asNumber(value))))),
  max: (...args) => extreme("max", args, (a, b) => a > b),
  min: (...args) => extreme("min", args, (a, b) => a < b),
  mean: (...args) => mean(flatNumbers("mean", args).map(Number)),
  median: (...args) => median(flatNumbers("median", args).map(Number)),
  bitand: counted(2, 2, (a, b) => asInteger(a) & asInteger(b)),
  bitor: counted(2, 2, (a, b) => asInteger(a) | asInteger(b)),
  bitxor: counted(2, 2, (a, b) => asInteger(a) ^ asInteger(b)),
  bitnand: counted(2, 2, (a, b) => asInteger(a) & ~asInteger(b)),
  bitnot: counted(1, 1, (a) => ~asInteger(a)),
  bitshl: counted(2, 2, (a, b) => int(asInteger(a) << shift(b))),
  bitshr: counted(2, 2, (a, b) => asInteger(a) >> shift(b)),
  bitushr: counted(2, 2, (a, b) => int(BigInt.asUintN(64, asInteger(a)) >> shift(b)))
}

const magnitude = (value: bigint): bigint => value < 0n ? -value : value

const shift = (value: Value | undefined): bigint => {
  const count = asInteger(value)
  if (count < 0n) throw new Refusal(`invalid operation: negative shift count ${count}`)
  return count > 64n ? 64n : count
}

const flatNumbers = (name: string, args: ReadonlyArray<Value>): ReadonlyArray<bigint | number> =>
  args.flatMap((arg) => {
    if (isList(arg)) return flatNumbers(name, arg)
    if (isNumeric(arg)) return [arg]
    throw new Refusal(`invalid argument for ${name} (type ${typeName(arg)})`)
  })

type Numeric = bigint | number

const extreme = (name: string, args: ReadonlyArray<Value>, better: (a: Numeric, b: Numeric) => boolean): Value => {
  if (args.length === 0) throw new Refusal(`not enough arguments to call ${name}`)
  return flatNumbers(name, args).reduce<Value>(
    (best, it) => best === null || better(it, best as Numeric) ? it : best,
    null
  )
}

const mean = (all: ReadonlyArray<number>): number =>
  all.length === 0 ? 0 : all.reduce((total, it) => total + it, 0) / all.length

const median = (all: ReadonlyArray<number>): number => {
  const sorted = all.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return all.length === 0 ? 0 : sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

const lists: Functions = {
  len: counted(1, 1, (value) => BigInt(length(value!))),
  first: counted(1, 1, (list) => asList(list)[0] ?? null),
  last: counted(1, 1, (list) => asList(list).at(-1) ?? null),
  take: counted(2, 2, (list, size) => asList(list).slice(0, Math.max(0, asWhole(size)))),
  reverse: counted(1, 1, (list) => asList(list).toReversed()),
  flatten: counted(1, 1, (list) => flatten(asList(list), 0)),
  get: counted(2, 2, (target, key) => optionalMember(target!, key!)),
  keys: counted(1, 1, (map) => [...asMap(map).keys()]),
  values: counted(1, 1, (map) => [...asMap(map).values()]),
  toPairs: counted(1, 1, (map) => [...asMap(map)].map(([key, value]) => [key, value])),
  fromPairs: counted(
    1,
    1,
    (pairs) => new Map(asList(pairs).map(pairOf))
  )
}

const pairOf = (pair: Value): readonly [Value, Value] => {
  if (!isList(pair)) throw new Refusal(`invalid pair ${format(pair)}`)
  if (pair.length !== 2) throw new Refusal(`invalid pair length ${format(pair)}`)
  return [pair[0]!, pair[1]!]
}

const length = (value: Value): number => {
  if (typeof value === "string") return [...value].length
  if (isList(value)) return value.length
  if (isMap(value)) return value.size
  throw new Refusal(`invalid argument for len (type ${typeName(value)})`)
}

const uniq = (list: ReadonlyArray<Value>, budget: Budget): ReadonlyArray<Value> => {
  const seen = new Set<Value>()
  const kept: Array<Value> = []
  for (const item of list) {
    if (typeof item === "object") budget.work(kept.length * (workOf(item) + 10))
    const known = typeof item === "object" ? kept.some((other) => equal(other, item)) : seen.has(item)
    if (known) continue
    seen.add(item)
    kept.push(item)
  }
  return kept
}

const flatten = (list: ReadonlyArray<Value>, depth: number): ReadonlyArray<Value> => {
  if (depth > 100) throw new Refusal("recursion depth exceeded")
  return list.flatMap((item) => isList(item) ? flatten(item, depth + 1) : [item])
}

const optionalMember = (target: Value, key: Value): Value => {
  if (!isMap(target) && !isList(target) && typeof target !== "string") {
    throw new Refusal(`type ${typeName(target)} does not support indexing`)
  }
  try {
    return member(target, key)
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

const plain: Functions = { ...strings, ...numbers, ...lists }

const bounded = (budget: Budget): Functions => ({
  duration: counted(1, 1, (text) => parseSpan(asString(text))),
  date: counted(1, 4, (...args) => dateOf(args, budget)),
  timezone: counted(1, 1, (name) => zoneNamed(asString(name))),
  sort: counted(1, 2, (list, order = "asc") => {
    budget.work(workOf(list!) * 100)
    const sign = direction(order)
    return asList(list).toSorted((a, b) => sign * compare("<", a, b))
  }),
  uniq: counted(1, 1, (list) => uniq(asList(list), budget)),
  repeat: counted(2, 2, (text, count) => {
    const times = asWhole(count)
    if (times < 0) throw new Refusal("invalid argument for repeat (expected positive integer)")
    budget.grow(times * Math.max(1, asString(text).length))
    return asString(text).repeat(times)
  }),
  replace: counted(3, 4, (text, from, to, most) => {
    const made = replace(asString(text), asString(from), asString(to), most === undefined ? -1 : asWhole(most), budget)
    return made
  }),
  join: counted(1, 2, (list, by = "") => {
    const parts = asList(list).map(asString)
    budget.grow(parts.reduce((total, part) => total + part.length + asString(by).length, 0))
    return parts.join(asString(by))
  }),
  concat: (...args) => {
    if (args.length === 0) throw new Refusal("invalid number of arguments (expected at least 1, got 0)")
    budget.grow(args.reduce<number>((total, arg) => total + asList(arg).length, 0))
    return args.flatMap((arg) => asList(arg))
  },
  sum: counted(1, 1, (list) => asList(list).reduce<Value>((total, it) => applyBinary("+", total, it, budget), 0n)),
  string: counted(1, 1, (value) => format(value!))
})

/** `date([zone,] text[, layout[, zone's name]])`. */
const dateOf = (args: ReadonlyArray<Value>, budget: Budget): Value => {
  const [first = null, ...rest] = args
  const [text, layout, name] = isZone(first) ? rest : args
  const zone = name === undefined ? isZone(first) ? first : undefined : zoneNamed(asString(name))
  return goParse(asString(text), budget, layout === undefined ? undefined : asString(layout), zone?.name)
}

const replace = (text: string, from: string, to: string, most: number, budget: Budget): string => {
  const parts = text.split(from)
  budget.grow(text.length + parts.length * to.length)
  if (most < 0 || most >= parts.length - 1) return parts.join(to)
  return [parts.slice(0, most + 1).join(to), ...parts.slice(most + 1)].join(from)
}
