/**
 * One round of grants, inside the transaction that changed something.
 *
 * Owns: what it has read of limits and of the heads of queues, until the round is over.
 * Does not own: the rule (`lock/grant.ts`), the rows.
 */
import { anchored, availableAt, type Rate, spend, spent } from "../../lock/bucket.ts"
import { advance, type Capacity, isServable } from "../../lock/grant.ts"
import { limitIn } from "../../lock/shortLived.ts"
import type { PermitRow, Take } from "../../lock/Permit.ts"
import { type Statements, states, type Stored, type StoredCapacity, takesOf } from "./statements.ts"

/** A request at the head of a queue, with the living owner of its run. */
interface Head extends PermitRow {
  readonly owner: number
}

/** The instant from which the request that is next at a rate can be served, and the process that waits for it. */
export interface Refill {
  readonly owner: number
  readonly name: string
  readonly at: number
}

/** A round of grants. */
export class Settlement {
  readonly #statements: Statements
  /** Sets a request aside; absent when this is only a look. */
  readonly #move: ((row: Stored, to: number) => void) | undefined
  readonly #heads = new Map<string, Head | undefined>()
  readonly #capacities = new Map<string, Capacity>()
  /** The buckets among them. */
  readonly #buckets = new Map<string, Rate & { readonly fullAt: number }>()
  readonly #owners = new Set<number>()
  #number: number | undefined
  #now: number | undefined

  constructor(statements: Statements, move?: (row: Stored, to: number) => void) {
    this.#statements = statements
    this.#move = move
  }

  /** Grants what can be granted after these names changed; answers whose runs were granted something. */
  advance(changed: Iterable<string>): ReadonlySet<number> {
    advance<Head>({
      capacity: (name) => this.#capacity(name),
      first: (name) => upsert(this.#heads, name, () => this.#first(name)),
      give: (row) => this.#give(row)
    }, changed)
    return this.#owners
  }

  /** For the first request in each of these queues: when the rates that keep it can serve it. */
  refills(names: Iterable<string>): ReadonlyArray<Refill> {
    const waits = new Map<string, Refill>()
    for (const name of names) {
      const head = upsert(this.#heads, name, () => this.#first(name))
      for (const take of head?.takes ?? []) {
        const at = this.#refillAt(take)
        if (at !== undefined) waits.set(take.name, { owner: head!.owner, name: take.name, at })
      }
    }
    return [...waits.values()]
  }

  #refillAt({ name, weight }: Take): number | undefined {
    const { held, limit } = this.#capacity(name)
    const bucket = this.#buckets.get(name)
    if (bucket === undefined || limit === null || weight > limit || held + weight <= limit) return undefined
    return availableAt(bucket.fullAt, bucket, weight, this.#instant())
  }

  #give(row: Head): void {
    this.#number ??= this.#statements.number.get() as number
    this.#statements.grant.run(this.#instant(), this.#number, row.arrival)
    for (const { name } of row.takes) {
      this.#statements.moveTake.run(states.granted, name, states.waiting, -row.priority, row.arrival)
    }
    this.#owners.add(row.owner)
    for (const take of row.takes) this.#hold(take)
  }

  #hold({ name, weight }: Take): void {
    const { held, limit } = this.#capacity(name)
    this.#capacities.set(name, { limit, held: held + weight })
    this.#heads.delete(name)
    const bucket = this.#buckets.get(name)
    if (bucket === undefined) return
    const fullAt = spend(bucket.fullAt, bucket, weight, this.#instant())
    this.#buckets.set(name, { ...bucket, fullAt })
    this.#statements.spend.run(fullAt, name)
  }

  #capacity(name: string): Capacity {
    return upsert(this.#capacities, name, () => {
      const short = limitIn(name)
      if (short !== null) return { limit: short, held: this.#statements.held.get(name) as number }
      const { fullAt: stored = 0, held = 0, limit = null, per = null } =
        this.#statements.capacity.get(name, name) as StoredCapacity | undefined ?? {}
      if (limit === null || per === null) return { limit, held }
      const fullAt = anchored(stored, { limit, per }, this.#instant())
      if (fullAt < stored && this.#move !== undefined) this.#statements.spend.run(fullAt, name)
      this.#buckets.set(name, { limit, per, fullAt })
      return { limit, held: spent(fullAt, { limit, per }, this.#instant()) }
    })
  }

  #first(name: string): Head | undefined {
    for (;;) {
      const row = this.#statements.first.get(name) as (Stored & { readonly owner: number | null }) | undefined
      if (row === undefined) return undefined
      const head = { ...row, owner: row.owner ?? 0, takes: takesOf(this.#statements, row) }
      const isServed = row.owner !== null && isServable(head.takes, (other) => this.#capacity(other).limit)
      if (isServed) return head
      if (this.#move === undefined) return undefined
      // Its owner was declared dead and nobody has claimed its run yet; or it could not be served whatever is freed.
      this.#move(row, row.owner === null ? states.orphaned : states.parked)
    }
  }

  #instant(): number {
    return this.#now ??= this.#statements.now.get() as number
  }
}

const upsert = <V>(map: Map<string, V>, key: string, make: () => V): V => {
  if (!map.has(key)) map.set(key, make())
  return map.get(key) as V
}
