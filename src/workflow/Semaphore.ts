// deno-lint-ignore-file no-explicit-any -- types are erased here, the public signatures carry them
/**
 * Semaphores, mutexes and rate limits as plain values: what tasks, nodes, workflows and runs ask for before they work.
 */
import type * as Effect from "effect/Effect"
import { admitNamed, admitOne, anything, type Rule, text } from "./admit.ts"
import { limitFault } from "./limitFault.ts"
import { isShortLived, shortLived } from "./shortLived.ts"
import { shown } from "./values.ts"
import { type DurationInput, millis } from "./millis.ts"

/**
 * How long a permit is kept: while an attempt runs, through all attempts
 * and the waiting between them, or until the exit handler ended.
 */
export type Hold = "running" | "node" | "exit"

/** Where a limit comes from when it is not a number in the code. */
export interface LimitSource {
  /** Marks a limit that is read from elsewhere. */
  readonly _tag: "LimitSource"
  /** Names the source and the key, as in `file limits.yaml, key "api"`. */
  readonly describe: string
  /** Reads the limit; fails with `LimitUnavailable`, whose `isRetryable` says whether trying again may help. */
  readonly read: () => Promise<unknown> | Effect.Effect<unknown, unknown>
  /** Calls back when the limit may have changed, until the returned function is called. */
  readonly watch?: (changed: () => void) => () => void
}

/** A limit kept in the state file: `initial` until somebody sets another one while it runs. */
export interface StoredLimit {
  /** Marks what `storedLimit()` made. */
  readonly _tag: "StoredLimit"
  /** The limit until somebody sets another one. */
  readonly initial: number
}

/** A limit that can be changed at run time, for every process that shares the state file. */
export const storedLimit = (initial: number): StoredLimit => Object.freeze({ _tag: "StoredLimit" as const, initial })

/** What a semaphore's limit may be: a number, kept in the state file, or read from a source. */
export type Limit = number | StoredLimit | LimitSource

/** A counted limit, shared by every process that has the state file open. */
export interface Semaphore {
  /** Marks a semaphore. */
  readonly _tag: "Semaphore"
  /** Everything that takes of one name shares one limit. */
  readonly name: string
  /** How many permits there are, or where that number comes from. */
  readonly limit: Limit
  /**
   * For a rate: milliseconds in which `limit` permits come back by
   * themselves; `null`: they come back when they are given back.
   */
  readonly per: number | null
  /** A share of it: `weight` permits (default 1), all at once. */
  readonly take: (weight?: number) => PermitTake
}

/** A share of a semaphore. */
export interface PermitTake {
  /** What permits are taken of. */
  readonly semaphore: Semaphore
  /** How many permits are taken, all at once. */
  readonly weight: number
  /** What else of it is taken with this share: of a key, a share of the total of all keys. */
  readonly total?: Semaphore
}

/** What something asks for before it works, and how long it keeps it. */
export interface PermitsDef {
  readonly takes: ReadonlyArray<PermitTake>
  /** Tells what is taken where that depends on the input; `takes` is empty then. */
  readonly of?: PermitsOf<never>
  readonly hold: Hold
  readonly priority: number
}

/** Tells from the input what to take. It should always say the same for the same input. */
export type PermitsOf<I> = (input: I) => ReadonlyArray<PermitTake>

/** The options that ask for permits; `I` is the input of what asks. */
export interface PermitOptions<I = never> {
  /**
   * Permits to hold while working: all of them at once or none, so the order does not matter. A function of the input
   * where it decides, as in `permits: ({ tenant }) => [perTenant.take(1, tenant)]`. Default none.
   */
  readonly permits?: ReadonlyArray<PermitTake> | ([I] extends [never] ? never : PermitsOf<I>)
  /** Default `"running"`: given back while it waits to be tried again. */
  readonly hold?: Hold
  /**
   * Who goes first among requests of runs of the same priority: the larger
   * number. A whole number from -1,000,000 to 1,000,000, default 0.
   */
  readonly permitPriority?: number
}

/** Defines a semaphore; everything that names it shares one limit. */
export const semaphore = (name: string, options: { readonly limit: Limit }): Semaphore =>
  make(
    name,
    admitNamed<typeof options>(`the options of semaphore ${shown(name)}`, options, { limit: anything }).limit,
    null
  )

/** Defines a semaphore with limit 1. */
export const mutex = (name: string): Semaphore => semaphore(name, { limit: 1 })

/**
 * Defines a rate: at most `limit` begin at once, and `limit` more per `per`, evenly (a token bucket). What is taken is
 * used up, not given back; how much is left is kept in the state file and shared by every process that has it open.
 */
export const rateLimit = (name: string, options: { readonly limit: Limit; readonly per: DurationInput }): Semaphore => {
  const rules = { limit: anything, per: anything }
  const { limit, per } = admitNamed<typeof options>(`the options of rate limit ${shown(name)}`, options, rules)
  return make(name, limit, millis(per))
}

/** The semaphore of one key: it is there as long as somebody asks for it. */
export const ofKey = (family: string, key: string, limit: number): Semaphore =>
  frozen(shortLived(family, key, limit), limit, null)

const nameRule: Rule = (name) =>
  text(name) ??
    (isShortLived(name as string)
      ? { what: `is ${shown(name)}`, hint: "Use a name that does not begin with ~" }
      : undefined)

const make = (name: string, limit: Limit, per: number | null): Semaphore => {
  admitOne("the name of a semaphore", name, nameRule)
  // Looked at once, so that a getter that throws is told of here; the plan says whether it is a limit.
  admitOne(`the limit of semaphore "${name}"`, limit, (value) => void limitFault(value))
  return frozen(name, limit, per)
}

const frozen = (name: string, limit: Limit, per: number | null): Semaphore => {
  const made: Semaphore = Object.freeze({
    _tag: "Semaphore" as const,
    name,
    limit,
    per,
    take: (weight = 1) => Object.freeze({ semaphore: made, weight })
  })
  return made
}

/** The engine's form of the options; `undefined` when nothing is asked for. */
export const toPermits = (
  { hold = "running", permitPriority: priority = 0, permits }: PermitOptions<any>
): PermitsDef | undefined => {
  if (typeof permits === "function") return Object.freeze({ takes: none, of: permits, hold, priority })
  if (permits === undefined || permits.length === 0) return undefined
  return Object.freeze({ takes: apart(permits), hold, priority })
}

/** Every share on its own. */
export const apart = (takes: ReadonlyArray<PermitTake>): ReadonlyArray<PermitTake> =>
  Object.freeze(takes.flatMap((take) => {
    const total = take?.total
    return total === undefined ? [take] : [{ semaphore: take.semaphore, weight: take.weight }, total.take(take.weight)]
  }))

const none: ReadonlyArray<PermitTake> = Object.freeze([])
