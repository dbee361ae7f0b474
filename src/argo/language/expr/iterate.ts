/** Builtins that apply a predicate to each item of a list. */
import { Refusal } from "./ExprError.ts"
import { asList } from "./arguments.ts"
import { applyBinary, compare } from "./operators.ts"
import type { Budget } from "./Budget.ts"
import { typeName, type Value } from "./Value.ts"

/** Applies the predicate to an item; `acc` is the accumulator of `reduce`. */
export type Predicate = (item: Value, index: number, acc?: Value) => Value

/** Runs one of them. */
export const iterate = (
  name: string,
  target: Value,
  predicate: Predicate | undefined,
  rest: (() => Value) | undefined,
  budget: Budget
): Value => {
  const list = asList(target)
  budget.grow(list.length)
  const apply = predicate ?? ((item: Value) => item)
  const matches = (item: Value, index: number): boolean => truth(name, apply(item, index))
  const simple: Readonly<Record<string, () => Value>> = {
    all: () => list.every(matches),
    none: () => !list.some(matches),
    any: () => list.some(matches),
    one: () => list.filter(matches).length === 1,
    filter: () => list.filter(matches),
    map: () => list.map((item, index) => apply(item, index)),
    count: () => BigInt(list.filter(matches).length),
    sum: () => list.reduce<Value>((total, item, index) => applyBinary("+", total, apply(item, index), budget), 0n),
    find: () => list.find(matches) ?? null,
    findIndex: () => position(list.findIndex(matches)),
    findLast: () => list.findLast(matches) ?? null,
    findLastIndex: () => position(list.findLastIndex(matches)),
    groupBy: () => Map.groupBy(list, apply),
    sortBy: () => sorted(list, apply, rest?.() ?? "asc"),
    reduce: () => reduce(list, apply, rest)
  }
  return simple[name]!()
}

const truth = (name: string, value: Value): boolean => {
  if (typeof value === "boolean") return value
  throw new Refusal(`predicate of ${name} should return boolean (got ${typeName(value)})`)
}

const position = (index: number): Value => index < 0 ? null : BigInt(index)

const sorted = (list: ReadonlyArray<Value>, apply: Predicate, order: Value): Value => {
  const sign = direction(order)
  const keyed = list.map((item, index) => ({ item, key: apply(item, index) }))
  return keyed.sort((a, b) => sign * compare("<", a.key, b.key)).map(({ item }) => item)
}

/** 1 for `asc`, -1 for `desc`. */
export const direction = (order: Value): number => {
  if (order === "asc") return 1
  if (order === "desc") return -1
  throw new Refusal("invalid order, expected asc or desc")
}

const reduce = (list: ReadonlyArray<Value>, apply: Predicate, rest: (() => Value) | undefined): Value => {
  if (rest === undefined && list.length === 0) throw new Refusal("reduce of empty array with no initial value")
  let acc = rest === undefined ? list[0]! : rest()
  for (let index = rest === undefined ? 1 : 0; index < list.length; index++) acc = apply(list[index]!, index, acc)
  return acc
}
