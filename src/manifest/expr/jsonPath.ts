/** JSONPath as far as Argo's `jsonpath()` goes: names, indexes, wildcards, slices, unions, `..`, and filters on a field. */
import { Budget } from "./Budget.ts"
import { Refusal } from "./ExprError.ts"
import { measure, workOf } from "./measure.ts"
import { equal, isList, isMap, isNumeric, type Value } from "./Value.ts"

type Step = (value: Value) => ReadonlyArray<Value>

/** What a path names in a value: the value itself when the path can name only one, else the list of all. Throws Refusal. */
export const jsonPath = (root: Value, path: string, budget: Budget = new Budget()): Value => {
  if (path.length > 1_000) throw new Refusal("JSON path is longer than 1000 characters")
  const { steps, single } = parsePath(path)
  const found = steps.reduce<ReadonlyArray<Value>>((values, step) => applied(step, values, budget), [root])
  if (!single) return found
  if (found.length === 0) throw new Refusal(`JSON path ${path} names nothing`)
  return found[0]!
}

const applied = (step: Step, values: ReadonlyArray<Value>, budget: Budget): ReadonlyArray<Value> =>
  values.flatMap((value) => {
    // What descends copies on each level what is beneath.
    budget.work(workOf(value) * (1 + measure(value).depth) * 4)
    const found = step(value)
    budget.grow(found.length)
    return found
  })

const token =
  /\.\.(?<deep>\*|[\w-]+)?|\.(?<name>\*|[\w-]+)|\[(?<index>-?\d+)\]|\[(?<quoted>'[^']*'|"[^"]*")\]|\[(?<all>\*)\]|\[\?\(\s*@(?<field>(?:\.[\w-]+)+)\s*(?:(?<operator>==|!=|<=|>=|<|>)\s*(?<operand>'[^']*'|"[^"]*"|[\d.+-]+|true|false|null)\s*)?\)\]|\[(?<from>-?\d*):(?<to>-?\d*)\]|\[(?<union>[^\]]*,[^\]]*)\]/y

const parsePath = (path: string): { readonly steps: ReadonlyArray<Step>; readonly single: boolean } => {
  const steps: Array<Step> = []
  let single = true
  let at = path.startsWith("$") ? 1 : 0
  if (at === 0 && !/^[.[]/.test(path)) return parsePath(`$.${path}`)
  while (at < path.length) {
    token.lastIndex = at
    const found = token.exec(path)
    if (found === null) throw new Refusal(`invalid JSON path ${path} at ${at + 1}`)
    const groups = found.groups!
    steps.push(stepOf(groups))
    single &&= groups["index"] !== undefined || groups["quoted"] !== undefined ||
      (groups["name"] !== undefined && groups["name"] !== "*")
    at = token.lastIndex
  }
  return { steps, single }
}

const stepOf = (groups: Readonly<Record<string, string | undefined>>): Step => {
  const { deep, name, index, quoted, all, field, from, to, union } = groups
  if (name !== undefined) return name === "*" ? everything : named(name)
  if (index !== undefined) return indexed(Number(index))
  if (quoted !== undefined) return named(quoted.slice(1, -1))
  if (all !== undefined) return everything
  if (field !== undefined) return filtered(field.slice(1).split("."), groups["operator"], groups["operand"])
  if (union !== undefined) return joined(union)
  if (from !== undefined) return sliced(from, to ?? "")
  return (value) => descendants(value, 0).flatMap(deep === undefined || deep === "*" ? everything : named(deep))
}

const everything: Step = (value) => isList(value) ? value : isMap(value) ? [...value.values()] : []

const named = (key: string): Step => (value) => isMap(value) && value.has(key) ? [value.get(key)!] : []

const indexed = (index: number): Step => (value) => {
  const found = isList(value) ? value.at(index) : undefined
  return found === undefined ? [] : [found]
}

const sliced = (from: string, to: string): Step => (value) =>
  isList(value) ? value.slice(from === "" ? 0 : Number(from), to === "" ? undefined : Number(to)) : []

const joined = (union: string): Step => {
  const steps = union.split(",").map((part) => part.trim()).map((part) =>
    /^-?\d+$/.test(part) ? indexed(Number(part)) : named(part.replace(/^['"]|['"]$/g, ""))
  )
  return (value) => steps.flatMap((step) => step(value))
}

const descendants = (value: Value, depth: number): ReadonlyArray<Value> => {
  if (depth > 1_000) throw new Refusal("value is nested too deeply")
  return [value, ...everything(value).flatMap((inner) => descendants(inner, depth + 1))]
}

const filtered = (field: ReadonlyArray<string>, operator: string | undefined, operand: string | undefined): Step => {
  const wanted = operand === undefined ? null : literal(operand)
  return (value) =>
    everything(value).filter((item) => {
      const [found] = field.reduce<ReadonlyArray<Value>>((values, key) => values.flatMap(named(key)), [item])
      if (found === undefined) return false
      return operator === undefined ? true : compared(operator, found, wanted)
    })
}

const literal = (text: string): Value => {
  if (/^['"]/.test(text)) return text.slice(1, -1)
  return text === "null" ? null : text === "true" || text === "false" ? text === "true" : Number(text)
}

const compared = (operator: string, left: Value, right: Value): boolean => {
  if (operator === "==") return equal(left, right)
  if (operator === "!=") return !equal(left, right)
  if (!isNumeric(left) || !isNumeric(right)) return false
  return operator === "<"
    ? left < right
    : operator === "<="
    ? left <= right
    : operator === ">"
    ? left > right
    : left >= right
}
