/** Sprig's lists, dictionaries and defaults. */
import { asList, asMap, asWhole } from "../arguments.ts"
import { Refusal } from "../ExprError.ts"
import { equal, isList, isMap, type Value, type ValueMap } from "../Value.ts"
import { empty, type Functions, text } from "./values.ts"

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
  has: (value, list) => list !== null && asList(list).some((item) => equal(item, value ?? null)),
  compact: (list) => asList(list).filter((item) => !empty(item)),
  slice: (list, from, to) => asList(list).slice(asWhole(from ?? 0n), to === undefined ? undefined : asWhole(to)),
  chunk: (size, list) => chunks(asList(list), Math.max(1, asWhole(size)))
}

const chunks = (list: ReadonlyArray<Value>, size: number): ReadonlyArray<ReadonlyArray<Value>> =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size))

const dicts: Functions = {
  dict: (...values) => new Map(chunks(values, 2).map(([key, value = ""]) => [text(key), value])),
  get: (map, key) => asMap(map).get(key ?? null) ?? "",
  hasKey: (map, key) => asMap(map).has(key ?? null),
  pluck: (key, ...maps) => maps.flatMap((map) => asMap(map).has(key!) ? [asMap(map).get(key!)!] : []),
  keys: (...maps) => maps.flatMap((map) => [...asMap(map).keys()]),
  values: (map) => [...asMap(map).values()],
  pick: (map, ...keys) => new Map([...asMap(map)].filter(([key]) => keys.includes(key))),
  omit: (map, ...keys) => new Map([...asMap(map)].filter(([key]) => !keys.includes(key))),
  merge: (...maps) => maps.map(asMap).reduce((into, from) => merged(into, from, false)),
  mergeOverwrite: (...maps) => maps.map(asMap).reduce((into, from) => merged(into, from, true)),
  set: (map, key, value) => new Map([...asMap(map), [key ?? null, value ?? null]]),
  unset: (map, key) => new Map([...asMap(map)].filter(([it]) => it !== key)),
  deepCopy: (value) => value ?? null,
  dig: (...args) => dig(args.slice(0, -2), args.at(-2) ?? null, args.at(-1) ?? null)
}

/**
 * Maps in maps are merged too; of two values the first counts
 * unless it is empty, or the second when it overwrites and is not.
 */
const merged = (into: ValueMap, from: ValueMap, overwrites: boolean): ValueMap => {
  const made = new Map(into)
  for (const [key, value] of from) {
    const known = made.get(key) ?? null
    if (isMap(known) && isMap(value)) made.set(key, merged(known, value, overwrites))
    else if (empty(known) || (overwrites && !empty(value))) made.set(key, value)
  }
  return made
}

const dig = (keys: ReadonlyArray<Value>, fallback: Value, map: Value): Value =>
  keys.reduce<Value>((value, key) => isMap(value) && value.has(key) ? value.get(key)! : null, map) ?? fallback

const defaults: Functions = {
  default: (fallback, value) => empty(value) ? fallback ?? null : value ?? null,
  empty: (value) => empty(value),
  coalesce: (...values) => values.find((value) => !empty(value)) ?? null,
  all: (...values) => values.every((value) => !empty(value)),
  any: (...values) => values.some((value) => !empty(value)),
  ternary: (yes, no, test) => (test === true ? yes : no) ?? null,
  fail: (message) => {
    throw new Refusal(text(message))
  },
  hello: () => "Hello!"
}

const typeOf = (value: Value): string => {
  const names = { bool: "bool", int: "int", float: "float64", string: "string", nil: "<nil>" }
  if (isList(value)) return "[]interface {}"
  return isMap(value) ? "map[string]interface {}" : names[kindOf(value) as keyof typeof names] ?? kindOf(value)
}

const kindOf = (value: Value): string => {
  if (value === null) return "nil"
  if (isList(value)) return "slice"
  if (isMap(value)) return "map"
  const kinds: Readonly<Record<string, string>> = { boolean: "bool", bigint: "int", number: "float", string: "string" }
  return kinds[typeof value] ?? (typeof value === "function" ? "func" : "struct")
}

/** Go's names of kinds. */
const goKind = (value: Value | undefined): string => {
  const kind = kindOf(value ?? null)
  return kind === "nil" ? "invalid" : kind === "float" ? "float64" : kind
}

const types: Functions = {
  typeOf: (value) => typeOf(value ?? null),
  typeIs: (name, value) => typeOf(value ?? null) === name,
  typeIsLike: (name, value) => typeOf(value ?? null) === name || typeOf(value ?? null) === `*${text(name)}`,
  kindOf: (value) => goKind(value),
  kindIs: (name, value) => goKind(value) === name,
  deepEqual: (a, b) => goKind(a) === goKind(b) && equal(a ?? null, b ?? null)
}

/** By name. */
export const collections: Functions = { ...lists, ...dicts, ...defaults, ...types }
