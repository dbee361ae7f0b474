/** Why a request waits, in one sentence for people. */
import { byTurn, collapse, inLine, isOfKey, isServable } from "./grant.ts"
import type { PermitRow, SemaphoreRow, Take } from "./Permit.ts"
import { limitIn, plainName, shortLived } from "../workflow/shortLived.ts"

/** A semaphore; of a rate also how many of its permits are used up. */
export interface Known extends SemaphoreRow {
  readonly held?: number
}

/** What is known when the sentence is made. */
export interface Scene {
  readonly semaphores: ReadonlyMap<string, Known>
  /** All requests for the names in question, holding and waiting. */
  readonly permits: ReadonlyArray<PermitRow>
  /** How a holder is called; default: its path, or "run" and its key for a whole run. */
  readonly nameOf?: (row: PermitRow) => string
}

/** Holders that are named; more are counted. */
const namedHolders = 3

/**
 * Why a request waits: a clause for each name that keeps it;
 * `undefined` when it holds its permits or will be granted at once.
 */
export const reasonFor = (row: PermitRow, scene: Scene): string | undefined => {
  if (row.grantedAt !== 0) return undefined
  const takes = collapse(row.takes)
  const keys = isInLine(row, scene) ? [] : takes.filter(isOfKey)
  // Whoever stands aside waits for its keys and for nothing else.
  const clauses = (keys.length > 0 ? keys : takes).map((take) => clause(row, take, scene))
    .filter((text) => text !== undefined)
  return clauses.length === 0 ? undefined : `waits for ${clauses.join(", and for ")}`
}

const clause = (row: PermitRow, { name, weight }: Take, scene: Scene): string | undefined => {
  const what = `${weight} of ${plainName(name)}`
  const semaphore = scene.semaphores.get(name)
  const limit = semaphore?.limit ?? limitIn(name)
  if (limit === null) return `${what} (${semaphore?.problem ?? "its limit is not known yet"})`
  if (limit === 0) return `${what} (its limit is 0)`
  if (weight > limit) return `${what} (more than its limit of ${limit})`
  const users = scene.permits.filter((other) => weightIn(other, name) > 0)
  const holders = users.filter((other) => other.grantedAt !== 0)
  const isServed = (other: PermitRow): boolean => isServable(collapse(other.takes), limitsOf(scene))
  const isAhead = (other: PermitRow): boolean =>
    other.grantedAt === 0 && byTurn(other, row) < 0 &&
    (limitIn(name) === null ? isInLine(other, scene) : isServed(other))
  const ahead = users.filter(isAhead).length
  const held = semaphore?.per === null || semaphore === undefined ? sumOf(holders, name) : semaphore?.held ?? 0
  if (ahead === 0 && held + weight <= limit) return undefined
  // Whichever place it has: once the result is there, all who wait for it reuse it.
  const flight = name.startsWith(flightName) ? holders[0] : undefined
  if (flight !== undefined) return `${(scene.nameOf ?? pathOrRun)(flight)}, which computes the same`
  const state = semaphore?.per === null || semaphore === undefined
    ? `limit ${limit}, ${heldBy(held, holders, scene)}`
    : `a rate of ${limit} per ${(semaphore?.per ?? 0) / 1000} s, ${Math.max(0, limit - held)} left`
  return `${what} (${state}); position ${ahead + 1}`
}

const limitsOf = ({ semaphores }: Scene) => (name: string): number | null =>
  semaphores.get(name)?.limit ?? limitIn(name)

/** Those that do not stand aside, by the list of all: it is asked for each row of a list. */
const lines = new WeakMap<Scene["permits"], ReadonlySet<PermitRow>>()

const isInLine = (row: PermitRow, scene: Scene): boolean => {
  const { permits } = scene
  const line = lines.get(permits) ?? lineOf(scene)
  lines.set(permits, line)
  return line.has(row)
}

const lineOf = (scene: Scene): ReadonlySet<PermitRow> => {
  const held = new Map<string, number>()
  const names = new Set<string>()
  for (const { grantedAt, takes } of scene.permits) {
    for (const { name, weight } of collapse(takes)) {
      names.add(name)
      if (grantedAt !== 0) held.set(name, (held.get(name) ?? 0) + weight)
    }
  }
  const limit = limitsOf(scene)
  const capacities = new Map([...names].map((name) => [name, { limit: limit(name), held: held.get(name) ?? 0 }]))
  return new Set(inLine(capacities, scene.permits.filter(({ grantedAt }) => grantedAt === 0).sort(byTurn)))
}

const flightName = shortLived("cache", "", 1)

const sumOf = (rows: ReadonlyArray<PermitRow>, name: string): number =>
  rows.reduce((sum, other) => sum + weightIn(other, name), 0)

const weightIn = (row: PermitRow, name: string): number =>
  collapse(row.takes).find((take) => take.name === name)?.weight ?? 0

const heldBy = (held: number, holders: ReadonlyArray<PermitRow>, { nameOf = pathOrRun }: Scene): string => {
  if (holders.length === 0) return "none held"
  const names = holders.slice(0, namedHolders).map(nameOf)
  const more = holders.length - names.length
  return `${held} held by ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`
}

const pathOrRun = ({ path, run }: PermitRow): string => path === "" ? `run ${run}` : path
