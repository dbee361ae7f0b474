/** How large values are, all that is in them included, without walking again what was measured before. */
import type { Budget } from "./Budget.ts"
import { maxMemory } from "./Budget.ts"
import { Refusal } from "./ExprError.ts"
import { isList, isMap, type Value } from "./Value.ts"

interface Size {
  /** Values within values, counted as often as they stand there. */
  readonly items: number
  /** Characters in them. */
  readonly chars: number
  /** How deep lists and maps are nested. */
  readonly depth: number
}

const deepest = 1_000
const one: Size = { items: 1, chars: 0, depth: 0 }
const known = new WeakMap<object, Size>()

/** The size of a value; a list that holds another one a thousand times is as large as if it had copies. */
export const measure = (value: Value): Size => {
  if (typeof value === "string") return { items: 1, chars: value.length, depth: 0 }
  if (!isList(value) && !isMap(value)) return one
  const size = known.get(value) ?? total(isList(value) ? value : [...value].flat())
  known.set(value, size)
  return size
}

const total = (values: ReadonlyArray<Value>): Size => {
  let [items, chars, depth] = [1, 0, 0]
  for (const value of values) {
    const size = measure(value)
    items += size.items
    chars += size.chars
    depth = Math.max(depth, size.depth)
  }
  return { items, chars, depth: depth + 1 }
}

/** How much work it is to look at all of a value once. */
export const workOf = (value: Value): number => {
  const { chars, items } = measure(value)
  return items + (chars >> 4)
}

/** Pays for a function that looks at all of its arguments, and may look for one text in another. Throws Refusal. */
export const charge = (budget: Budget, args: ReadonlyArray<Value>): void => {
  let product = 0
  let longest = 0
  for (const arg of args) {
    fits(arg)
    budget.work(workOf(arg))
    if (typeof arg !== "string") continue
    product = Math.max(product, longest * arg.length)
    longest = Math.max(longest, arg.length)
  }
  // JavaScript looks for a text in a time that may be the product of both lengths.
  budget.work(Math.floor(product / 32))
}

/** Pays for what a function has made. Throws Refusal. */
export const chargeResult = (budget: Budget, made: Value): void => {
  if (typeof made === "string") budget.work(made.length)
  else if (isList(made)) budget.work(made.length * 8)
  else if (isMap(made)) budget.work(made.size * 8)
}

/** Throws Refusal for a value that is too large to be written out. */
export const fits = (value: Value): void => {
  const { chars, depth, items } = measure(value)
  if (!(items + chars <= maxMemory)) throw new Refusal("memory budget exceeded")
  if (depth > deepest) throw new Refusal(`value is nested deeper than ${deepest}`)
}
