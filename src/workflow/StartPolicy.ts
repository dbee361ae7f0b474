// deno-lint-ignore-file no-explicit-any -- types are erased here, the public signatures carry them
/** Start policies: what happens when runs of a workflow are started while others of the same key are open or recent. */
import { admit, anything, callable, count, named, oneOf, record, type Rule, type Rules } from "./admit.ts"
import { type DurationInput, millis } from "./millis.ts"
import { durationFault, type Fault, shown } from "./values.ts"

/** What tells runs apart that policies are about. */
export type StartKey = string | number | boolean

/** Which runs a policy is about together: those of the same key. */
export interface Keyed<I = any> {
  /** The key of an input; pure. Default: all runs of the workflow are about together. */
  readonly key?: (input: I) => StartKey
}

/** What a start does while a run of its key is open. */
export type Taken = "return" | "refuse" | "queue" | "replace"

/** At most one run of a key. */
export interface Singleton<I = any> extends Keyed<I> {
  /**
   * What a start does while a run of its key is open: `"return"` that run (default), `"refuse"` with `RunExists`,
   * `"queue"` behind it, or `"replace"`: that run is stopped, and the new one begins after its end.
   */
  readonly taken?: Taken
}

/** Starts that follow each other closely are one run. */
export interface Debounce<I = any> extends Keyed<I> {
  /** How long nothing more has to come before the run begins. */
  readonly wait: DurationInput
  /** How long after the first start it begins in any case; default for ever. */
  readonly atMost?: DurationInput
}

/** How many runs of a key begin in a time. */
export interface Throttle<I = any> extends Keyed<I> {
  /** So many begin at once, and as many more `per`, evenly; the others wait for their turn. */
  readonly limit: number
  /** The time in which `limit` runs may begin. */
  readonly per: DurationInput
}

/** The start policies of a workflow with input `I`. They hold in all processes that share the state file. */
export interface StartPolicies<I = any> {
  /** At most one run of a key is open, and what becomes of other starts; default any number. */
  readonly singleton?: Singleton<I>
  /** Starts of a key that follow each other closely are one run; default each is its own. */
  readonly debounce?: Debounce<I>
  /** How many runs of a key begin in a time; default any number. */
  readonly throttle?: Throttle<I>
}

/** A policy whose key is known: that of one start. Default: the key that the workflow makes for it, where it does. */
type OfCall<P> = Omit<P, "key"> & { readonly key?: StartKey }

/** The start policies of one start: each takes the place of that of its workflow. */
export interface CallPolicies {
  /** At most one run of this key is open, and what becomes of this start. */
  readonly singleton?: OfCall<Singleton>
  /** This start and others of its key that follow each other closely are one run. */
  readonly debounce?: OfCall<Debounce>
  /** How many runs of this key begin in a time. */
  readonly throttle?: OfCall<Throttle>
}

type KeyOf = ((input: any) => StartKey) | undefined

/** The engine's form of them; times in milliseconds. */
export interface StartDef {
  readonly singleton: { readonly key: KeyOf; readonly taken: Taken } | undefined
  readonly debounce: { readonly key: KeyOf; readonly wait: number; readonly atMost: number } | undefined
  readonly throttle: { readonly key: KeyOf; readonly limit: number; readonly per: number } | undefined
}

const singletonRules = { key: callable, taken: oneOf(["return", "refuse", "queue", "replace"]) }
const debounceRules = { key: callable, wait: anything, atMost: anything }
const throttleRules = { key: callable, limit: anything, per: anything }

/** The rule for the option; whether times and counts make sense is left to the plan. */
export const startRule: Rule = named<StartPolicies>({
  singleton: named<Singleton>(singletonRules),
  debounce: named<Debounce>(debounceRules),
  throttle: named<Throttle>(throttleRules)
})

const keyRule: Rule = (value) =>
  typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)
    ? undefined
    : { what: `is ${shown(value)}`, hint: "Use a string, a number, true or false" }

const wait: Rule = (value) => durationFault(millis(value as DurationInput), { least: 1 })
const atMost: Rule = (value) => durationFault(millis(value as DurationInput), { least: 1, forever: true })

/** Rules for an object that has to have some of its fields. */
const having = <A extends object>(rules: Rules<A>, needed: ReadonlyArray<string>): Rule =>
  record((value): Fault | undefined => {
    const missing = needed.find((name) => (value as Record<string, unknown>)[name] === undefined)
    return missing === undefined ? named(rules)(value) : { what: `has no "${missing}"`, hint: "Add it" }
  }, `Use an object with ${Object.keys(rules).join(", ")}`)

/** The rule for the policies of one start. */
export const callPolicyRule: Rule = named<CallPolicies>({
  singleton: named<OfCall<Singleton>>({ ...singletonRules, key: keyRule }),
  debounce: having<OfCall<Debounce>>({ key: keyRule, wait, atMost }, ["wait"]),
  throttle: having<OfCall<Throttle>>({ key: keyRule, limit: count({ least: 1 }), per: wait }, ["limit", "per"])
})

const known: Readonly<Record<string, object>> = {
  singleton: singletonRules,
  debounce: debounceRules,
  throttle: throttleRules
}

/** The first name in policies that means nothing, such as `singleton.takn`: for those that no compiler has seen. */
export const unknownIn = (policies: object): string | undefined => {
  for (const [name, policy] of Object.entries(policies)) {
    const fields = Object.hasOwn(known, name) ? known[name]! : undefined
    if (fields === undefined) return name
    const field = Object.keys(Object(policy)).find((it) => !Object.hasOwn(fields, it))
    if (field !== undefined) return `${name}.${field}`
  }
  return undefined
}

/** The policies of a start: those of the call in the place of those of its workflow. */
export const policiesOf = (own: StartDef | undefined, given: CallPolicies | undefined): StartDef | undefined => {
  if (given === undefined) return own
  const keyed = <P>(policy: OfCall<P> | undefined, known: { readonly key: KeyOf } | undefined) =>
    policy === undefined ? undefined : { ...policy, key: policy.key === undefined ? known?.key : () => policy.key! }
  const made = toStart({
    ...present("singleton", keyed(given.singleton, own?.singleton)),
    ...present("debounce", keyed(given.debounce, own?.debounce)),
    ...present("throttle", keyed(given.throttle, own?.throttle))
  } as StartPolicies)
  if (made === undefined) return own
  return {
    singleton: made.singleton ?? own?.singleton,
    debounce: made.debounce ?? own?.debounce,
    throttle: made.throttle ?? own?.throttle
  }
}

const present = (name: string, value: unknown): object => value === undefined ? {} : { [name]: value }

/** The engine's form; `undefined` where none is given. */
export const toStart = (given: StartPolicies | undefined): StartDef | undefined => {
  if (given === undefined) return undefined
  const singleton = given.singleton && admit<Singleton>("the singleton of a workflow", given.singleton, singletonRules)
  const debounce = given.debounce && admit<Debounce>("the debounce of a workflow", given.debounce, debounceRules)
  const throttle = given.throttle && admit<Throttle>("the throttle of a workflow", given.throttle, throttleRules)
  if (singleton === undefined && debounce === undefined && throttle === undefined) return undefined
  return Object.freeze({
    singleton: singleton && Object.freeze({ key: singleton.key, taken: singleton.taken ?? "return" }),
    debounce: debounce && Object.freeze({
      key: debounce.key,
      wait: millis(debounce.wait),
      atMost: debounce.atMost === undefined ? Infinity : millis(debounce.atMost)
    }),
    throttle: throttle && Object.freeze({ key: throttle.key, limit: throttle.limit, per: millis(throttle.per) })
  })
}
