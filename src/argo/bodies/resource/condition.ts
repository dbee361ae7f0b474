/** Conditions of resource templates: requirements in the syntax of label selectors, over paths into an object. Pure. */
import { BadArgument } from "../../document/BadArgument.ts"

/** Whether the object fulfils a requirement. */
export interface Requirement {
  readonly text: string
  readonly isTrue: (object: unknown) => boolean
}

/** Reads requirements, separated by commas. Throws BadArgument. */
export const parseCondition = (text: string): ReadonlyArray<Requirement> =>
  text.split(/,(?![^(]*\))/).map((it) => it.trim()).filter((it) => it !== "").map(requirementOf)

const requirementOf = (text: string): Requirement => {
  const set = /^([^\s!=<>]+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(text)
  if (set !== null) {
    const [, path = "", operator, list = ""] = set
    const values = list.split(",").map((it) => it.trim())
    return { text, isTrue: (object) => isIn(valueAt(object, path), values) === (operator === "in") }
  }
  const compared = /^([^\s!=<>]+)\s*(==|=|!=|<|>)\s*(\S*)$/.exec(text)
  if (compared !== null) {
    const [, path = "", operator = "", value = ""] = compared
    return { text, isTrue: (object) => compare(operator, valueAt(object, path), value) }
  }
  const exists = /^(!?)\s*([^\s!=<>(),]+)$/.exec(text)
  if (exists === null) throw new BadArgument(`Cannot read the condition "${text}"`)
  return { text, isTrue: (object) => (valueAt(object, exists[2]!) === undefined) === (exists[1] === "!") }
}

const isIn = (value: string | undefined, values: ReadonlyArray<string>): boolean =>
  value !== undefined && values.includes(value)

const compare = (operator: string, value: string | undefined, wanted: string): boolean => {
  if (operator === "!=") return value !== wanted
  if (operator === "<" || operator === ">") {
    const [left, right] = [Number(value ?? NaN), Number(wanted)]
    return operator === "<" ? left < right : left > right
  }
  return value === wanted
}

/** What a dotted path names, as text: a point in a name is written `\.`; `undefined` when there is nothing. */
const valueAt = (object: unknown, path: string): string | undefined => {
  const names = path.split(/(?<!\\)\./).map((it) => it.replaceAll("\\.", "."))
  const found = names.reduce<unknown>(
    (at, name) =>
      typeof at === "object" && at !== null && Object.hasOwn(at, name)
        ? (at as Record<string, unknown>)[name]
        : undefined,
    object
  )
  if (found === undefined) return undefined
  return typeof found === "string" ? found : JSON.stringify(found)
}

/**
 * What the conditions say of an object that will not change any more: a failure that holds counts more than success.
 */
export const judge = (
  object: unknown,
  successCondition: string | undefined,
  failureCondition: string | undefined
): string | undefined => {
  const failure = parseCondition(failureCondition ?? "").find(({ isTrue }) => isTrue(object))
  if (failure !== undefined) return `failure condition '${failure.text}' evaluated true`
  const unmet = parseCondition(successCondition ?? "").find(({ isTrue }) => !isTrue(object))
  return unmet === undefined ? undefined : `success condition '${unmet.text}' evaluated false`
}
