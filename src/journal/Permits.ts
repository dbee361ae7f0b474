/**
 * The permits of an in-memory journal: requests, semaphores, and who holds what.
 *
 * Owns: the rows, the order of arrival, the numbers of grants, how full the buckets of rates are.
 * Does not own: which runs may hold permits (asked for each time), who is told of grants (`memory.ts`).
 *
 * Invariants
 * - A request is granted or it waits; requests of runs that may not hold permits wait.
 * - Numbers of grants only grow, so that "granted after number n" names every grant once.
 */
import { anchored, availableAt, type Rate, spend, spent } from "../lock/bucket.ts"
import { byTurn, type Capacity, collapse, grant, inLine, isFormerHolder, ofFormerHolder } from "../lock/grant.ts"
import type { PermitRequest, PermitRow, SemaphoreRow, Take } from "../lock/Permit.ts"
import { placeOf, sharedKeys, turn } from "../lock/turns.ts"
import { savedMaps } from "./savedMaps.ts"
import { limitIn } from "../workflow/shortLived.ts"
import type { HeldSemaphore } from "./Journal.ts"

/** A request and the number of its grant; 0 while it waits. */
interface Stored extends PermitRow {
  readonly grant: number
}

/** A grant: which request, and its number. */
export interface Grant {
  readonly run: number
  readonly path: string
  readonly grant: number
}

/** The instant from which the request that is next at a rate can be served. */
export interface Refill {
  readonly name: string
  readonly at: number
  readonly run: number
}

/** All requests and semaphores of a disk. */
export class Permits {
  readonly #runs = new Map<number, Map<string, Stored>>()
  readonly #semaphores = new Map<string, SemaphoreRow>()
  /** When the bucket of each rate is full again. */
  readonly #fullAt = new Map<string, number>()
  /** The latest place that was granted to the keys of each family. */
  readonly #turns = new Map<string, number>()
  #arrivals = 0
  #grants = 0

  /** Remembers all; the answer puts it back, but for the numbers of grants, which only grow. */
  saved(): () => void {
    return savedMaps(this.#runs, this.#semaphores, this.#fullAt, this.#turns)
  }

  /** Asks; see `Write`. */
  request({ run, path, priority, takes: asked }: PermitRequest, askedAt: number): void {
    const takes = collapse(asked)
    if (takes.length === 0) return
    const before = this.#runs.get(run)?.get(path)
    if (before === undefined) {
      const arrival = this.#place(takes, priority)
      this.#arrivals = Math.max(this.#arrivals, arrival)
      return this.#put({ run, path, priority, takes, arrival, askedAt, grantedAt: 0, grant: 0 })
    }
    const isSame = JSON.stringify(before.takes) === JSON.stringify(takes)
    if (isSame && before.grant > 0) this.#put({ ...before, grant: ++this.#grants })
    else {this.#put({
        ...before,
        ...waiting,
        priority: isFormerHolder(before.priority) ? before.priority : priority,
        takes
      })}
  }

  /** The place of a new request. */
  #place(takes: ReadonlyArray<Take>, priority: number): number {
    const keys = sharedKeys(takes)
    const rows = keys.length === 0 ? [] : [...this.rows()]
    const using = (name: string) => rows.filter((row) => row.takes.some((take) => take.name === name))
    if (!keys.some(({ total }) => using(total).some(({ grant }) => grant === 0))) return this.#arrivals + turn
    const place = placeOf(keys.map((key) => {
      const own = using(key.key).filter((row) => row.priority === priority)
      const last = own.reduce((latest, { arrival }) => Math.max(latest, arrival), 0)
      return { ...key, granted: this.#turns.get(key.total) ?? 0, last }
    }))
    const near = rows.map(({ arrival }) => arrival).filter((arrival) => arrival >= place && arrival < place + turn)
    return near.includes(place) ? Math.max(...near) + 1 : place
  }

  /** Whether the request of this path is granted. */
  isHeld(run: number, path: string): boolean {
    return (this.#runs.get(run)?.get(path)?.grant ?? 0) > 0
  }

  /** Drops the request of one path. */
  release(run: number, path: string): void {
    const paths = this.#runs.get(run)
    if (paths?.delete(path) === true && paths.size === 0) this.#runs.delete(run)
  }

  /** Drops all requests of a run; answers whether there were any. */
  drop(run: number): boolean {
    return this.#runs.delete(run)
  }

  /** Replaces a semaphore. */
  limit(row: SemaphoreRow): void {
    this.#semaphores.set(row.name, row)
  }

  /** The same where no limit is known; a known one stays, also when it becomes that of a rate. */
  limitInitially(row: SemaphoreRow): void {
    const known = this.#semaphores.get(row.name)
    if (known === undefined || known.limit === null) this.limit(row)
    else if (known.per !== row.per) this.limit({ ...row, limit: known.limit })
  }

  /**
   * Takes permits from runs that may not hold them and grants what can be granted; `at` is the instant of the grants.
   */
  settle(mayHold: (run: number) => boolean, at: number): void {
    if (this.#runs.size === 0) return
    this.#anchor(at)
    const queue: Array<Stored> = []
    for (const row of this.rows()) {
      const isServed = mayHold(row.run)
      if (row.grant > 0 && !isServed) this.#put({ ...row, ...waiting, priority: ofFormerHolder(row.priority) })
      if (row.grant === 0 && isServed) queue.push(row)
    }
    for (const row of grant(this.#capacities(at), queue.sort(byTurn))) {
      this.#put({ ...row as Stored, grantedAt: at, grant: ++this.#grants })
      for (const take of row.takes) this.#spend(take, at)
      for (const { total } of sharedKeys(row.takes)) {
        this.#turns.set(total, Math.max(this.#turns.get(total) ?? 0, row.arrival))
      }
    }
  }

  #capacities(at: number): ReadonlyMap<string, Capacity> {
    return new Map([...this.semaphores(at).map((row): [string, Capacity] => [row.name, row]), ...this.#shortLived()])
  }

  #shortLived(): ReadonlyMap<string, Capacity> {
    const found = new Map<string, Capacity>()
    for (const { grant, takes } of this.rows()) {
      for (const { name, weight } of takes) {
        const limit = limitIn(name)
        if (limit === null) continue
        found.set(name, { limit, held: (found.get(name)?.held ?? 0) + (grant > 0 ? weight : 0) })
      }
    }
    return found
  }

  #anchor(now: number): void {
    for (const [name, fullAt] of this.#fullAt) {
      const { limit = null, per = null } = this.#semaphores.get(name) ?? {}
      if (limit !== null && per !== null) this.#fullAt.set(name, anchored(fullAt, { limit, per }, now))
    }
  }

  /** For each rate the instant from which the first servable request in its queue is not kept by the rate any more. */
  refills(mayHold: (run: number) => boolean, now: number): ReadonlyArray<Refill> {
    const rates = [...this.#semaphores.values()].filter(({ per }) => per !== null)
    if (rates.length === 0) return []
    const waiting = [...this.rows()].filter((row) => row.grant === 0 && mayHold(row.run)).sort(byTurn)
    const queue = [...inLine(this.#capacities(now), waiting)]
    return rates.flatMap(({ limit, name, per }) => {
      const next = queue.find((row) => row.takes.some((take) => take.name === name))
      if (next === undefined || limit === null || per === null) return []
      const { weight } = next.takes.find((take) => take.name === name)!
      const isThere = spent(this.#fullAt.get(name) ?? 0, { limit, per }, now) + weight <= limit
      return isThere
        ? []
        : [{ name, at: availableAt(this.#fullAt.get(name) ?? 0, { limit, per }, weight, now), run: next.run }]
    })
  }

  #spend({ name, weight }: Take, now: number): void {
    const rate = this.#semaphores.get(name)
    if (rate === undefined || rate.per === null || rate.limit === null) return
    this.#fullAt.set(name, spend(this.#fullAt.get(name) ?? 0, rate as Rate, weight, now))
  }

  /** The number of the latest grant. */
  get latestGrant(): number {
    return this.#grants
  }

  /** Grants with a number above `after`, in order. */
  grants(after: number): ReadonlyArray<Grant> {
    if (this.#grants === after) return []
    return [...this.rows()].filter((row) => row.grant > after).sort((a, b) => a.grant - b.grant)
  }

  /** Every request, in no order. */
  *rows(): Iterable<Stored> {
    for (const paths of this.#runs.values()) yield* paths.values()
  }

  /** Holders in the order they were granted, then the queue. */
  list(name: string | undefined): ReadonlyArray<PermitRow> {
    const rows = [...this.rows()].filter(({ takes }) => name === undefined || takes.some((take) => take.name === name))
    const holders = rows.filter((row) => row.grant > 0).sort(bySince)
    return [...holders, ...rows.filter((row) => row.grant === 0).sort(byTurn)].map(({ grant: _, ...row }) => row)
  }

  /** All semaphores, by name, as they are at an instant. */
  semaphores(now: number): ReadonlyArray<HeldSemaphore> {
    const held = new Map<string, number>()
    for (const row of this.rows()) {
      if (row.grant === 0) continue
      for (const { name, weight } of row.takes) held.set(name, (held.get(name) ?? 0) + weight)
    }
    const heldOf = ({ limit, name, per }: SemaphoreRow): number =>
      per === null || limit === null ? held.get(name) ?? 0 : spent(this.#fullAt.get(name) ?? 0, { limit, per }, now)
    return [...this.#semaphores.values()].map((row) => ({ ...row, held: heldOf(row) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  #put(row: Stored): void {
    const paths = this.#runs.get(row.run) ?? new Map<string, Stored>()
    this.#runs.set(row.run, paths.set(row.path, row))
  }
}

const waiting = { grantedAt: 0, grant: 0 }

const bySince = (a: PermitRow, b: PermitRow): number => a.grantedAt - b.grantedAt || a.arrival - b.arrival
