/** Why a request waits, in one sentence for people. */
import { byTurn, collapse, isServable } from "./grant.ts"
import type { PermitRow, SemaphoreRow, Take } from "./Permit.ts"
import { limitIn, plainName, shortLived } from "./shortLived.ts"

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
  const clauses = collapse(row.takes).map((take) => clause(row, take, scene)).filter((text) => text !== undefined)
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
  const isServed = (other: PermitRow): boolean =>
    isServable(collapse(other.takes), (one) => scene.semaphores.get(one)?.limit ?? limitIn(one))
  const ahead = users.filter((other) => other.grantedAt === 0 && byTurn(other, row) < 0 && isServed(other)).length
  const held = semaphore?.per === null || semaphore === undefined ? sumOf(holders, name) : semaphore?.held ?? 0
  if (ahead === 0 && held + weight <= limit) return undefined
  const flight = ahead === 0 && name.startsWith(flightName) ? holders[0] : undefined
  if (flight !== undefined) return `${(scene.nameOf ?? pathOrRun)(flight)}, which computes the same`
  const state = semaphore?.per === null || semaphore === undefined
    ? `limit ${limit}, ${heldBy(held, holders, scene)}`
    : `a rate of ${limit} per ${(semaphore?.per ?? 0) / 1000} s, ${Math.max(0, limit - held)} left`
  return `${what} (${state}); position ${ahead + 1}`
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
