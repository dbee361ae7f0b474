/**
 * One round of grants, inside the transaction that changed something.
 *
 * Owns: what it has read of limits and of the heads of queues, until the round is over.
 * Does not own: the rule (`lock/grant.ts`), the rows.
 */
import { anchored, availableAt, type Rate, spend, spent } from "../../lock/bucket.ts"
import { advance, byTurn, type Capacity, isOfKey, isServable } from "../../lock/grant.ts"
import { limitIn } from "../../workflow/shortLived.ts"
import type { PermitRow, Take } from "../../lock/Permit.ts"
import { sharedKeys } from "../../lock/turns.ts"
import { type Statements, states, type Stored, type StoredCapacity, takesOf } from "./statements.ts"

/** A request at the head of a queue, with the living owner of its run. */
interface Head extends PermitRow {
  readonly owner: number
}

/** A request that waits, with the living owner of its run if it has one. */
interface Waiting extends Stored {
  readonly owner: number | null
  /** What it takes of the name it was found by. */
  readonly weight: number
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
  readonly #room = new Map<string, ReadonlySet<number>>()
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
    const names = [...changed]
    for (const name of names) if (limitIn(name) !== null) this.#line(name)
    advance<Head>({
      capacity: (name) => this.#capacity(name),
      first: (name) => upsert(this.#heads, name, () => this.#first(name)),
      give: (row) => this.#give(row)
    }, names.filter((name) => limitIn(name) === null))
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
    for (const { total } of sharedKeys(row.takes)) this.#statements.turned.run(row.arrival, total)
  }

  /** Puts those who want a key into the line or aside; whoever takes nothing but keys is granted in the line. */
  #line(key: string): void {
    const candidates = this.#statements.isWaitedFor.get(key, key) === 1 ? this.#candidates(key) : nobody
    if (candidates.length > 0) this.#roomFor(key, candidates)
    let left = candidates.length
    for (const row of candidates) {
      const takes = takesOf(this.#statements, row)
      const hasRoom = takes.every((take) => !isOfKey(take) || this.#roomFor(take.name).has(row.arrival))
      const to = hasRoom ? states.waiting : states.aside
      if (row.state !== to) this.#shift(row, to)
      if (!hasRoom || !takes.every(isOfKey)) continue
      this.#give({ ...row, takes, owner: row.owner ?? 0 })
      left--
    }
    // Most keys are wanted by one at a time.
    if (left === 0) this.#heads.set(key, undefined)
  }

  /** The requests for which a key has room, with all that hold it or asked before. */
  #roomFor(key: string, known?: ReadonlyArray<Waiting>): ReadonlySet<number> {
    return upsert(this.#room, key, () => {
      let { held, limit } = this.#capacity(key)
      const inTurn = [...known ?? this.#candidates(key)].sort(byTurn)
      const arrivals = inTurn.filter(({ weight }) => (held += weight) <= (limit ?? 0)).map(({ arrival }) => arrival)
      return new Set(arrivals)
    })
  }

  /** Those in line for a key, and as many who stand aside as it may have room for. */
  #candidates(key: string): ReadonlyArray<Waiting> {
    const { held, limit } = this.#capacity(key)
    for (;;) {
      const found = [
        ...this.#rows(key, states.waiting, -1),
        ...this.#rows(key, states.aside, Math.max(0, (limit ?? 0) - held))
      ]
      const gone = found.map((row) => [row, this.#unserved(row)] as const).filter(([, state]) => state !== undefined)
      if (gone.length === 0) return found
      for (const [row, state] of gone) this.#shift(row, state!)
    }
  }

  #rows(name: string, state: number, most: number): ReadonlyArray<Waiting> {
    return this.#statements.first.all(name, state, most) as ReadonlyArray<Waiting>
  }

  #shift(row: Stored, to: number): void {
    this.#move?.(row, to)
    for (const { name } of takesOf(this.#statements, row)) this.#heads.delete(name)
  }

  /** Where a request belongs that nothing can be granted to. */
  #unserved(row: Waiting): number | undefined {
    // Its owner was declared dead and nobody has claimed its run yet; or it could not be served whatever is freed.
    if (row.owner === null) return states.orphaned
    const takes = takesOf(this.#statements, row)
    return isServable(takes, (other) => this.#capacity(other).limit) ? undefined : states.parked
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
      const [row] = this.#rows(name, states.waiting, 1)
      if (row === undefined) return undefined
      const state = this.#unserved(row)
      if (state === undefined) return { ...row, owner: row.owner ?? 0, takes: takesOf(this.#statements, row) }
      if (this.#move === undefined) return undefined
      this.#move(row, state)
    }
  }

  #instant(): number {
    return this.#now ??= this.#statements.now.get() as number
  }
}

const nobody: ReadonlyArray<Waiting> = []

const upsert = <V>(map: Map<string, V>, key: string, make: () => V): V => {
  if (!map.has(key)) map.set(key, make())
  return map.get(key) as V
}
