/**
 * Semaphores with a permit for each key: one for each tenant, customer or host. A key is there as long as somebody asks
 * for it, and nothing of it is kept; what waits for one key never keeps another one waiting.
 */
import { admitNamed, admitOne, type Rule } from "./admit.ts"
import { limitFault } from "./limitFault.ts"
import { type Limit, ofKey, type PermitTake, type Semaphore, semaphore } from "./Semaphore.ts"
import { countFault, demand, type Fault, nameFault, shown } from "./values.ts"

/** How many permits a key has: the same for all, or told by the key. It should always say the same for a key. */
export type LimitOfKey = number | ((key: string) => number)

/** The limits of a keyed semaphore. */
export interface KeyedOptions {
  /** How many permits each key has. */
  readonly each: LimitOfKey
  /**
   * How many permits all keys have together, given in order of priority; keys of one priority take turns, however much
   * one of them asks for. Default no limit.
   */
  readonly total?: Limit
}

/** A counted limit for each key, shared by every process that has the state file open. */
export interface KeyedSemaphore {
  /** Marks a semaphore with keys. */
  readonly _tag: "KeyedSemaphore"
  /** Everything that takes of one name shares the limits. */
  readonly name: string
  /** The limit of each key. */
  readonly each: LimitOfKey
  /** The semaphore that all keys share, by the name of the family. */
  readonly total: Semaphore | undefined
  /** A share of one key, and as much of the total. Throws `InvalidValue` for what no key can give. */
  readonly take: (weight: number, key: string) => PermitTake
}

/**
 * Defines a semaphore with permits for each key.
 *
 * @example
 * ```ts
 * import { keyedSemaphore, open, Schema, task, workflow } from "pinnace"
 *
 * const perTenant = keyedSemaphore("tenant", { each: (key) => key === "vip" ? 5 : 1, total: 20 })
 * const sync = task("sync", {
 *   input: { tenant: Schema.String },
 *   permits: ({ tenant }) => [perTenant.take(1, tenant)],
 *   run: ({ tenant }) => `synced ${tenant}`
 * })
 * const syncs = workflow("syncs", {}, (w) => w.map("all", ["acme", "vip"], sync, (tenant) => ({ tenant })))
 *
 * await using pinnace = await open(":memory:")
 * console.log(await pinnace.run(syncs)) // ["synced acme", "synced vip"]
 * ```
 */
export const keyedSemaphore = (name: string, options: KeyedOptions): KeyedSemaphore => {
  admitOne("the name of a keyed semaphore", name, familyRule)
  const rules = { each: eachRule, total: (value: unknown) => void limitFault(value) }
  const place = `the options of keyed semaphore ${shown(name)}`
  const { each, total: limit } = admitNamed<KeyedOptions>(place, options, rules)
  demand(`"each" of ${place}`, each === undefined ? { what: "is missing", hint: eachHint } : undefined)
  const total = limit === undefined ? undefined : semaphore(name, { limit })
  return Object.freeze({
    _tag: "KeyedSemaphore" as const,
    name,
    each,
    total,
    take: (weight: number, key: string) => shareOf(name, each, total, weight, key)
  })
}

const shareOf = (
  name: string,
  each: LimitOfKey,
  total: Semaphore | undefined,
  weight: number,
  key: string
): PermitTake => {
  demand(`the key of "${name}"`, nameFault(key, longestKey))
  const limit = typeof each === "number" ? each : each(key)
  demand(`the limit of "${name}/${key}"`, countFault(limit, { least: 1 }))
  demand(`the weight taken of "${name}/${key}"`, weightFault(weight, limit))
  return Object.freeze({ semaphore: ofKey(name, key, limit), weight, ...(total === undefined ? {} : { total }) })
}

const longestKey = 300

const weightFault = (weight: number, limit: number): Fault | undefined =>
  weight > limit
    ? { what: `is ${weight}, more than its limit of ${limit}`, hint: "Take less, or raise the limit" }
    : countFault(weight, { least: 1 })

const eachHint = "Use a number, or a function that tells it from a key"

const eachRule: Rule = (value) => typeof value === "function" ? undefined : countFault(value, { least: 1 })

/** Families of the engine: results that are computed once, runs that wait for their key. */
const reserved = ["cache", "start"]

const familyRule: Rule = (value) => {
  const fault = nameFault(value, 200)
  if (fault !== undefined) return fault
  const name = value as string
  if (!reserved.includes(name) && !name.includes("/") && !name.startsWith("~")) return undefined
  return { what: `is ${shown(name)}`, hint: `Use a name without / and ~, other than "${reserved.join('" and "')}"` }
}
