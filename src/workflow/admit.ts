/**
 * Options objects at the door: read once, each value checked by the rule
 * of its kind. What goes on is a plain copy that nobody else can change.
 */
import { NotJson, toJson } from "./json.ts"
import { nearest } from "./nearest.ts"
import { type DurationInput, millis } from "./millis.ts"
import { countFault, demand, durationFault, type Fault, type Range, shown, wordFault } from "./values.ts"

/**
 * The rule for one value; what is `undefined` was not given and is
 * not asked about. Objects are copied first, where the rule says how.
 */
export interface Rule {
  (value: unknown): Fault | undefined
  readonly copy?: (value: unknown) => unknown
}

/** A rule for every option there is. */
export type Rules<A> = { readonly [K in keyof A]-?: Rule }

/**
 * The options as a plain copy of what the rules name, `undefined` left out where it is not a value like any other
 * (`anything`); `place` says whose they are, as in `the filter of a list`. Throws `InvalidValue`.
 */
export const admit = <A extends object>(place: string, given: unknown, rules: Rules<A>): A => {
  const names = Object.keys(rules)
  const copy: Record<string, unknown> = {}
  if (given === undefined) return copy as A
  if (typeof given !== "object" || given === null) {
    demand(place, { what: `is ${shown(given)}`, hint: `Use an object with ${names.join(", ")}` })
  }
  for (const name of names) {
    const rule = rules[name as keyof A]
    const value = entry(place, given as object, name, rule)
    if (value === ABSENT || value === undefined && rule !== anything) continue
    if (value !== undefined) {
      const of = `"${name}" of ${place}`
      demand(of, readable(of, () => rule(value)))
    }
    copy[name] = value
  }
  return copy as A
}

/** As `admit`, of what an author writes: a name without a rule is refused, since most often it was mistyped. */
export const admitNamed = <A extends object>(place: string, given: unknown, rules: Rules<A>): A => {
  if (typeof given === "object" && given !== null) demand(place, readable(place, () => unknownIn(given, rules)))
  return admit(place, given, rules)
}

/** What is wrong with the names of what an author wrote: one that has a value and no rule. */
const unknownIn = (given: object, rules: object): Fault | undefined => {
  const isUnknown = (name: string) =>
    !Object.hasOwn(rules, name) && (given as Record<string, unknown>)[name] !== undefined
  const name = Object.keys(given).find(isUnknown)
  if (name === undefined) return undefined
  const known = Object.keys(rules)
  const meant = nearest(name, known)
  return {
    what: `has ${shown(name)}, which is unknown`,
    hint: meant === undefined ? `Known are ${known.join(", ")}` : `Did you mean "${meant}"?`
  }
}

const ABSENT = Symbol("absent")

/** The value of an option. No closure: most are absent, and graphs have many nodes. */
const entry = (place: string, given: object, name: string, { copy }: Rule): unknown => {
  try {
    if (!(name in given)) return ABSENT
    const value = (given as Record<string, unknown>)[name]
    return copy === undefined ? value : copy(value)
  } catch {
    return demand(`"${name}" of ${place}`, unreadable)
  }
}

const unreadable: Fault = { what: "cannot be read: its getter threw", hint: "Use plain values" }

/** Getters and proxies run code of their own, and that may throw. */
const readable = <A>(place: string, read: () => A): A => {
  try {
    return read()
  } catch {
    return demand(place, unreadable) as never
  }
}

const LIST_MAX = 100_000

/** A list of what one rule allows. */
export const listOf = (rule: Rule): Rule =>
  copied((value) => {
    if (!Array.isArray(value)) return { what: `is ${shown(value)}`, hint: "Use a list" }
    if (value.length > LIST_MAX) return { what: `has ${value.length} items`, hint: `Use at most ${LIST_MAX}` }
    for (const item of value) {
      const fault = rule(item)
      if (fault !== undefined) return { what: `has an item that ${fault.what}`, hint: fault.hint }
    }
    return undefined
  }, copyOfList)

const copyOfList = (value: unknown): unknown => Array.isArray(value) && value.length <= LIST_MAX ? [...value] : value

/** A value, or a list of them. */
export const oneOrMore = (rule: Rule): Rule => {
  const list = listOf(rule)
  return copied((value) => Array.isArray(value) ? list(value) : rule(value), copyOfList)
}

/** A rule about an object's own fields, which it and whoever uses them read from one copy. */
export const record = (rule: (value: object) => Fault | undefined, hint: string): Rule =>
  copied(
    (value) => typeof value === "object" && value !== null ? rule(value) : { what: `is ${shown(value)}`, hint },
    (value) => typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : value
  )

/** Options within options. */
export const under = <A extends object>(rules: Rules<A>): Rule => {
  const names = Object.keys(rules)
  return record((value) => {
    for (const name of names) {
      const item = (value as Record<string, unknown>)[name]
      const fault = item === undefined ? undefined : rules[name as keyof A](item)
      if (fault !== undefined) return { what: `has a "${name}" that ${fault.what}`, hint: fault.hint }
    }
    return undefined
  }, `Use an object with ${names.join(", ")}`)
}

/** As `under`, of what an author writes: a name without a rule is refused, as by `admitNamed`. */
export const named = <A extends object>(rules: Rules<A>): Rule => {
  const values = under(rules)
  return Object.assign(
    (value: unknown) => typeof value === "object" && value !== null && unknownIn(value, rules) || values(value),
    { copy: values.copy! }
  )
}

const copied = (rule: Rule, copy: (value: unknown) => unknown): Rule =>
  Object.assign((value: unknown) => rule(value), { copy })

/** A count within a range. */
export const count = (range?: Range): Rule => (value) => countFault(value, range)

/** The id of a group of users. */
export const groupRule: Rule = (value) => {
  const hint = "Use the id of a group, as `id -G` prints it"
  const fault = countFault(value, { least: 0 })
  if (fault !== undefined) return { ...fault, hint }
  return value as number < 2 ** 32 - 1 ? undefined : { what: `is ${shown(value)}`, hint }
}

/** How many rows of a list; `Infinity` is all of them. */
export const pageSize: Rule = count({ least: 1, forever: true })

/** A duration as authors write it; `Infinity` is for ever. */
export const duration: Rule = (value) => durationFault(millis(value as DurationInput), { forever: true })

/** One of several words. */
export const oneOf = (words: ReadonlyArray<string>): Rule => (value) => wordFault(value, words)

/** Any text: it is only compared, so what no row holds finds nothing. */
export const text: Rule = (value) =>
  typeof value === "string" ? undefined : { what: `is ${shown(value)}`, hint: "Use a string" }

/** An instant: a `Date`, or milliseconds since the epoch, as which it is handed on. */
export const instant: Rule = copied(
  (value) =>
    countFault(value) === undefined
      ? undefined
      : { what: `is ${shown(value)}`, hint: "Use a Date, or whole milliseconds since the epoch" },
  (value) => value instanceof Date ? value.getTime() : value
)

/** Yes or no. */
export const flag: Rule = (value) =>
  typeof value === "boolean" ? undefined : { what: `is ${shown(value)}`, hint: "Use true or false" }

/** What a failure means for the others. */
export const failFastRule: Rule = (value) =>
  typeof value === "boolean" || value === "hold"
    ? undefined
    : { what: `is ${shown(value)}`, hint: 'Use true, false or "hold"' }

/** A function of the caller's. */
export const callable: Rule = (value) =>
  typeof value === "function" ? undefined : { what: `is ${shown(value)}`, hint: "Use a function" }

/** The path of a file. */
export const path: Rule = (value) => {
  if (typeof value !== "string") return { what: `is ${shown(value)}`, hint: "Use the path of a file" }
  if (value === "") return { what: "is empty", hint: "Use the path of a file" }
  if (value.includes("\0")) return { what: `has a NUL (${shown(value)})`, hint: "No file can have such a name" }
  return undefined
}

/** A value that `task()` or `workflow()` has made. */
export const defined = (...tags: ReadonlyArray<"Task" | "Workflow">): Rule => {
  const words = tags.map((tag) => tag.toLowerCase())
  const hint = `Use what ${words.map((word) => `${word}(…)`).join(" or ")} gives`
  return (value) => {
    if (typeof value !== "object" || value === null) return { what: `is ${shown(value)}`, hint }
    const { _tag, name } = value as { readonly _tag?: unknown; readonly name?: unknown }
    const isOne = tags.some((tag) => tag === _tag) && typeof name === "string"
    return isOne ? undefined : { what: `is not a ${words.join(" or ")}`, hint }
  }
}

/** Plain JSON. */
export const json: Rule = (value) => {
  try {
    toJson(value)
    return undefined
  } catch (error) {
    if (!(error instanceof NotJson)) throw error
    const [what, at] = error.message.split("\n  ")
    return {
      what: `holds something that is not JSON: ${what} ${at}`.trim(),
      hint: "Use strings, finite numbers, true, false, null, lists and records"
    }
  }
}

/** One value by itself: checked, with getters and proxies that throw. */
export const admitOne = (place: string, value: unknown, rule: Rule): void =>
  demand(place, readable(place, () => rule(value)))

/** A value that is checked elsewhere, by a rule that needs more than the value. */
export const anything: Rule = () => undefined
