/** How a node's input is made from references, values and mappings. */
import type { NodeDef } from "./Definition.ts"
import { isRef, type Ref } from "./Ref.ts"

/** A function that makes the input, and the references it reads by the names it reads them under. */
export interface Binding {
  readonly bind: NodeDef["bind"]
  readonly refs: ReadonlyArray<readonly [name: string, ref: Ref<unknown>]>
}

/**
 * The binding of `given`: a mapping, a reference, a record or list with
 * references inside, or a plain value. `taken` names are used already.
 */
export const bindInput = (given: unknown, taken: ReadonlyArray<string>): Binding => {
  if (given === undefined) return nothing
  if (typeof given === "function") return { bind: given as NodeDef["bind"], refs: [] }
  const names = new Names(taken)
  const bind = part(given, "input", names, 0)
  return { bind: (values) => bind(values), refs: names.refs }
}

const nothing: Binding = Object.freeze({ bind: () => undefined, refs: [] })

type Make = (values: Readonly<Record<string, unknown>>) => unknown

// Records of fields, and lists inside them, may hold references; deeper values are taken as they are.
const LEVELS = 2

const part = (given: unknown, name: string, names: Names, level: number): Make => {
  if (isRef(given)) {
    const key = names.add(name, given)
    return (values) => values[key]
  }
  if (level < LEVELS && Array.isArray(given) && given.some(isRef)) {
    const makes = given.map((one, index) => part(one, `${name}.${index}`, names, LEVELS))
    return (values) => makes.map((make) => make(values))
  }
  if (level > 0 || !isRecord(given)) return () => given
  return record(given, names)
}

const record = (given: Readonly<Record<string, unknown>>, names: Names): Make => {
  const keys = Object.keys(given)
  const makes = keys.map((key) => part(given[key], key, names, 1))
  return (values) => {
    const made: Record<string, unknown> = {}
    for (let at = 0; at < keys.length; at++) made[keys[at]!] = makes[at]!(values)
    return made
  }
}

/** Whether a value is a plain object. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== "object" || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

class Names {
  readonly refs: Array<readonly [string, Ref<unknown>]> = []
  readonly #taken: Set<string>

  constructor(taken: ReadonlyArray<string>) {
    this.#taken = new Set(taken)
  }

  add(wanted: string, ref: Ref<unknown>): string {
    let name = wanted
    for (let more = 2; this.#taken.has(name); more++) name = `${wanted}.${more}`
    this.#taken.add(name)
    this.refs.push([name, ref])
    return name
  }
}
