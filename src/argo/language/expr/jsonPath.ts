/** JSONPath as Argo's `jsonpath()` knows it: names, indexes, wildcards, slices, unions, `..`, `length`, and filters. */
import { Budget } from "./Budget.ts"
import { Refusal } from "./ExprError.ts"
import { parseFilter } from "./jsonPathFilter.ts"
import { measure, workOf } from "./measure.ts"
import { type Cursor, quoted, quotedText, spaces, take } from "./Cursor.ts"
import { isList, isMap, type Value } from "./Value.ts"

/** A part of a path: from a value, and the root, to the values it names. */
type Step = (value: Value, root: Value) => ReadonlyArray<Value>

interface Path {
  readonly steps: ReadonlyArray<Step>
  /** Whether it can name one value only. */
  readonly single: boolean
}

const longest = 1_000

/**
 * What a path names in a value: the value itself when the path can name only one, else the list of all. Throws Refusal.
 */
export const jsonPath = (root: Value, path: string, budget: Budget = new Budget()): Value => {
  const { found, single } = walked(root, path, budget)
  if (!single) return found
  if (found.length === 0) throw new Refusal(`JSON path ${path} names nothing`)
  return found[0]!
}

/** Everything that a path names in a value. Throws Refusal. */
export const jsonPaths = (root: Value, path: string, budget: Budget = new Budget()): ReadonlyArray<Value> =>
  walked(root, path, budget).found

const walked = (root: Value, path: string, budget: Budget) => {
  if (path.length > longest) throw new Refusal(`JSON path is longer than ${longest} characters`)
  const cursor: Cursor = { text: path, at: path.startsWith("$") ? 1 : 0, what: "JSON path", budget }
  const { single, steps } = cursor.at === 0 && !/^[.[]/.test(path)
    ? readPath({ text: `.${path}`, at: 0, what: "JSON path", budget })
    : readPath(cursor)
  return { found: walk(steps, root, root, budget), single }
}

const walk = (steps: ReadonlyArray<Step>, from: Value, root: Value, budget: Budget): ReadonlyArray<Value> =>
  steps.reduce<ReadonlyArray<Value>>((values, step) => applied(step, values, root, budget), [from])

const applied = (step: Step, values: ReadonlyArray<Value>, root: Value, budget: Budget): ReadonlyArray<Value> =>
  values.flatMap((value) => {
    // A step that descends copies at each level what is beneath it.
    budget.work(workOf(value) * (1 + measure(value).depth) * 4)
    const found = step(value, root)
    budget.grow(found.length)
    return found
  })

/** Reads steps to the end of the text. */
const readPath = (cursor: Cursor): Path => {
  const made = readSteps(cursor)
  if (cursor.at < cursor.text.length) throw unexpected(cursor)
  return made
}

/** Reads steps for as long as there are some. */
const readSteps = (cursor: Cursor): Path => {
  const steps: Array<Step> = []
  let single = true
  for (let next = readStep(cursor); next !== undefined; next = readStep(cursor)) {
    steps.push(next.step)
    single &&= next.single
  }
  return { steps, single }
}

interface Read {
  readonly step: Step
  readonly single: boolean
}

const readStep = (cursor: Cursor): Read | undefined => {
  if (take(cursor, /\.\./y) !== undefined) return { step: below(readBelow(cursor)), single: false }
  if (take(cursor, /\.?(?=\[)/y) !== undefined) return bracket(cursor)
  if (take(cursor, /\.\*/y) !== undefined) return { step: everything, single: false }
  const name = take(cursor, /\.[\p{L}\p{N}_$-]+/uy)
  return name === undefined ? undefined : { step: named(name.slice(1)), single: true }
}

const readBelow = (cursor: Cursor): Step => {
  if (cursor.text[cursor.at] === "[") return bracket(cursor).step
  const name = take(cursor, /\*|[\p{L}\p{N}_$-]+/uy)
  return name === undefined || name === "*" ? everything : named(name)
}

const below = (step: Step): Step => (value, root) => descendants(value, 0).flatMap((it) => step(it, root))

const bracket = (cursor: Cursor): Read => {
  take(cursor, /\[/y)
  spaces(cursor)
  const isFilter = take(cursor, /\?/y) !== undefined
  const parts = isFilter ? [{ step: filter(cursor), single: false }] : [selector(cursor)]
  while (!isFilter && take(cursor, /\s*,\s*/y) !== undefined) parts.push(selector(cursor))
  spaces(cursor)
  if (take(cursor, /\]/y) === undefined) throw unexpected(cursor)
  if (parts.length === 1) return parts[0]!
  return { step: (value, root) => parts.flatMap(({ step }) => step(value, root)), single: false }
}

const selector = (cursor: Cursor): Read => {
  if (take(cursor, /\*/y) !== undefined) return { step: everything, single: false }
  const key = take(cursor, quoted)
  if (key !== undefined) return { step: named(quotedText(key)), single: true }
  const span = take(cursor, /-?\d*\s*:\s*-?\d*(?:\s*:\s*-?\d*)?/y)
  if (span !== undefined) return { step: sliced(span.split(":").map((it) => it.trim())), single: false }
  const index = take(cursor, /-?\d+/y)
  if (index === undefined) throw unexpected(cursor)
  return { step: indexed(Number(index)), single: true }
}

const filter = (cursor: Cursor): Step => {
  const matches = parseFilter(cursor, (within) => {
    const { steps } = readSteps(within)
    return (from, root) => walk(steps, from, root, within.budget)[0]
  })
  return (value, root) => everything(value, root).filter((item) => matches(item, root))
}

const everything: Step = (value) => isList(value) ? value : isMap(value) ? [...value.values()] : []

const named = (key: string): Step => (value) => {
  if (isMap(value)) return value.has(key) ? [value.get(key)!] : []
  return key === "length" && (isList(value) || typeof value === "string") ? [BigInt(value.length)] : []
}

const indexed = (index: number): Step => (value) => {
  const found = isList(value) ? value.at(index) : undefined
  return found === undefined ? [] : [found]
}

const sliced = ([from = "", to = "", by = ""]: ReadonlyArray<string>): Step => {
  const step = by === "" ? 1 : Number(by)
  if (step === 0) throw new Refusal("the step of a slice in a JSON path cannot be 0")
  return (value) => {
    if (!isList(value)) return []
    const size = value.length
    const bound = (text: string, fallback: number): number =>
      text === "" ? fallback : Number(text) < 0 ? size + Number(text) : Number(text)
    const made: Array<Value> = []
    const end = step > 0 ? Math.min(size, bound(to, size)) : Math.max(-1, to === "" ? -1 : bound(to, -1))
    const begin = step > 0 ? Math.max(0, bound(from, 0)) : Math.min(size - 1, bound(from, size - 1))
    for (let at = begin; step > 0 ? at < end : at > end; at += step) made.push(value[at]!)
    return made
  }
}

const descendants = (value: Value, depth: number): ReadonlyArray<Value> => {
  if (depth > longest) throw new Refusal("value is nested too deeply")
  return [value, ...everything(value, value).flatMap((inner) => descendants(inner, depth + 1))]
}

const unexpected = ({ at, text }: Cursor): Refusal => new Refusal(`invalid JSON path ${text} at ${at + 1}`)
