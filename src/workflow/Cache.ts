// deno-lint-ignore-file no-explicit-any -- types are erased here, the public signatures carry them
/** Results that may be reused: what authors say about them, and the engine's form of it. */
import { admitNamed, anything, callable, flag, named, text } from "./admit.ts"
import { type DurationInput, millis } from "./millis.ts"
import { ownSite, type Site, siteOf } from "./Site.ts"
import { shown } from "./values.ts"

/** What a result depends on besides the input and the code. */
export interface Dependencies {
  /** Names of environment variables. */
  readonly env?: ReadonlyArray<string>
  /** Paths of files or directories: what they hold counts, not when they were written. */
  readonly files?: ReadonlyArray<string>
  /** Values that the body closes over, by name. They have to be JSON. */
  readonly values?: Readonly<Record<string, unknown>>
}

/** How results of a task with input `I` are reused. */
export interface CacheOptions<I = any> {
  /** How old a result may be; default any age. */
  readonly ttl?: DurationInput
  /** What of the input counts, as JSON; default all of it. */
  readonly key?: (input: I) => unknown
  /** Takes the place of the digest of the code: change it when the results change. */
  readonly version?: string | number
  /** What results depend on besides the input and the code; a function of the input where that decides. */
  readonly dependsOn?: Dependencies | ((input: I) => Dependencies)
  /** Tasks with the same name share results; default the name of the task. */
  readonly name?: string
  /** Whether the same result is computed only once at a time, in all processes; default `true`. */
  readonly singleFlight?: boolean
}

/** Whether and how results are reused. */
export type CacheOption<I = any> = boolean | CacheOptions<I>

/** The engine's form of it. */
export interface CacheDef {
  readonly given: CacheOptions
  /** Milliseconds; `Infinity` = any age. */
  readonly ttl: number
  readonly site: Site
  /** Whether its author said nothing: what cannot be told is then no mistake, and is only not reused. */
  readonly isImplied?: boolean
}

let isImplied = false

/** From now on tasks that say nothing of their results are reused too: for the loop in which they are developed. */
export const implyCache = (): void => {
  isImplied = true
}

/** Whether that was said. */
export const impliesCache = (): boolean => isImplied

/** What the results of a task are that says nothing of them; none where more than files makes them what they are. */
export const impliedCache = (
  name: string,
  body: object,
  { onCrash, services = [] }: { readonly onCrash?: unknown; readonly services?: ReadonlyArray<unknown> }
): CacheDef | undefined =>
  isImplied && services.length === 0 && onCrash !== "fail"
    ? Object.freeze({ given: Object.freeze({}), ttl: Infinity, site: siteOf(name, body), isImplied })
    : undefined

const dependenciesRule = named<Dependencies>({ env: anything, files: anything, values: anything })

const rules = {
  ttl: anything,
  key: callable,
  version: anything,
  dependsOn: (value: unknown) => typeof value === "object" ? dependenciesRule(value) : undefined,
  name: text,
  singleFlight: flag
}

/**
 * Whether it is said what tells a task from others of its name: a version, or what its body closes over, where that is
 * more than variables and files. An empty record says that it is nothing.
 */
export const isTold = ({ dependsOn, version }: CacheOptions): boolean => {
  if (version !== undefined || typeof dependsOn === "function") return true
  if (dependsOn === undefined) return false
  return dependsOn.values !== undefined || dependsOn.env === undefined && dependsOn.files === undefined
}

/** What authors gave, for a definition of this name; `false` where results are not to be reused. */
export const toCache = (
  option: CacheOption | undefined,
  name: string,
  body: object,
  of?: CacheDef | false
): CacheDef | false | undefined => {
  if (option === undefined || option === false) return option
  const own = option === true ? {} : admitNamed<CacheOptions>(`the cache of ${shown(name)}`, option, rules as never)
  const given = Object.freeze(of === undefined || of === false ? own : { ...of.given, ...own })
  const site = of === undefined || of === false || given.name !== of.given.name
    ? isTold(given) ? ownSite() : siteOf(given.name ?? name, body)
    : of.site
  return Object.freeze({ given, ttl: given.ttl === undefined ? Infinity : millis(given.ttl), site })
}
