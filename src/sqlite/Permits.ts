/**
 * Permits in tables: requests, queues, and who is granted next.
 *
 * Owns: the tables `semaphores`, `permits`, `takes`, `grants`; which names changed since the last grants; who is to hear of grants.
 * What it remembers may be too much after a transaction that was rolled back: then it looks, or tells somebody to look, in vain.
 * Does not own: transactions (every writing method is called inside one), who is told (`FileJournal.ts`).
 *
 * Invariants
 * - `state` of a request is the same in `permits` and in all its `takes`.
 * - After `settle` nothing can be granted that is not, and no request of a run without a living owner is granted.
 * - A grant costs a few look-ups in the queues of its own names, however long they are.
 */
import { advance, collapse } from "../lock/grant.ts"
import type { Capacity } from "../lock/grant.ts"
import type { PermitRequest, PermitRow, SemaphoreRow, Take } from "../lock/Permit.ts"
import type { Database } from "./Database.ts"

/** The states of a request, as `v2.ts` tells them; 0 and 1 are also what `EXISTS` answers about a living owner. */
const orphaned = 0
const waiting = 1
const granted = 2

/** A row of `permits`. */
interface Stored extends Omit<PermitRow, "takes"> {
  readonly takes: string
  readonly state: number
}

/** A request at the head of a queue, with the living owner of its run. */
interface Head extends PermitRow {
  readonly owner: number
}

/** The permits of a state file. */
export class Permits {
  readonly #db: Database
  readonly #statements: ReturnType<typeof prepare>
  #changed = new Set<string>()
  #granted = new Set<number>()

  constructor(db: Database) {
    this.#db = db
    this.#statements = prepare(db)
  }

  /** Whether anybody holds or waits for permits. */
  areAny(): boolean {
    return this.#db.read(() => this.#statements.any.get()) !== undefined
  }

  /** Replaces a semaphore. */
  limit({ name, limit, source, problem }: SemaphoreRow): void {
    this.#statements.limit.run(name, limit, source, problem)
    this.#changed.add(name)
  }

  /** Asks; a request of a run that is not open is ignored. */
  request({ run, path, priority, takes: asked }: PermitRequest, askedAt: number): void {
    const takes = collapse(asked)
    if (takes.length === 0) return
    const inserted = this.#statements.insert.get(path, priority, JSON.stringify(takes), askedAt, run)
    if (inserted !== undefined) {
      const { arrival, state } = inserted as Stored
      return this.#queue(arrival, priority, takes, state)
    }
    const before = this.#find(run, path)
    if (before !== undefined) this.#repeat(before, priority, takes)
  }

  /** Drops the request of one path. */
  release(run: number, path: string): void {
    const removed = this.#statements.release.get(run, path) as Stored | undefined
    if (removed !== undefined) this.#dropTakes(removed)
  }

  /** Drops the request of one path if it is granted; answers whether it was. */
  break(run: number, path: string): boolean {
    const found = this.#find(run, path)
    if (found?.state !== granted) return false
    this.#drop(found)
    return true
  }

  /** Drops all requests of a run. */
  drop(run: number): void {
    for (const row of this.#statements.ofRun.all(run) as Array<Stored>) this.#drop(row)
  }

  /** Takes from runs that nobody alive executes what they hold, and their place in the queues from those that wait. */
  orphan(): void {
    for (const row of this.#statements.orphans.all() as Array<Stored>) this.#move(row, orphaned)
  }

  /** Gives requests of runs that were claimed their places back. */
  adopt(runs: ReadonlyArray<number>): void {
    for (const run of runs) {
      for (const row of this.#statements.ofRun.all(run) as Array<Stored>) {
        if (row.state === orphaned) this.#move(row, waiting)
      }
    }
  }

  /** Grants what can be granted since names changed. */
  settle(): void {
    if (this.#changed.size === 0) return
    const changed = this.#changed
    this.#changed = new Set()
    let number: number | undefined = undefined
    const heads = new Map<string, Head | undefined>()
    const capacities = new Map<string, Capacity>()
    const capacity = (name: string): Capacity => upsert(capacities, name, () => this.#capacity(name))
    const give = (row: Head): void => {
      this.#grant(row, number ??= this.#statements.number.get() as number)
      for (const { name, weight } of row.takes) {
        const { limit, held } = capacity(name)
        capacities.set(name, { limit, held: held + weight })
        heads.delete(name)
      }
    }
    advance({ capacity, first: (name) => upsert(heads, name, () => this.#first(name)), give }, changed)
  }

  /** The processes whose runs were granted permits since the last call; to be asked after each commit. */
  takeGranted(): ReadonlySet<number> {
    const owners = this.#granted
    if (owners.size > 0) this.#granted = new Set()
    return owners
  }

  /** Grants to runs of a process that are newer than number `after`, in order. */
  grants(process: number, after: number): ReadonlyArray<{ run: number; path: string; granted: number }> {
    return this.#db.read(() => this.#statements.news.all(after, process)) as Array<
      { run: number; path: string; granted: number }
    >
  }

  #find(run: number, path: string): Stored | undefined {
    return this.#statements.find.get(run, path) as Stored | undefined
  }

  #repeat(before: Stored, priority: number, takes: ReadonlyArray<Take>): void {
    const text = JSON.stringify(takes)
    if (before.takes !== text || before.state !== granted) return this.#replace(before, priority, takes)
    // Granted already: a new number, so that it is told again.
    this.#statements.renumber.run(this.#statements.number.get(), before.arrival)
    this.#granted.add(this.#statements.owner.get(before.run) as number)
  }

  #replace(before: Stored, priority: number, takes: ReadonlyArray<Take>): void {
    const state = before.state === orphaned ? orphaned : waiting
    this.#dropTakes(before)
    this.#statements.replace.run(priority, JSON.stringify(takes), state, before.arrival)
    this.#queue(before.arrival, priority, takes, state)
  }

  #queue(arrival: number, priority: number, takes: ReadonlyArray<Take>, state: number): void {
    for (const { name, weight } of takes) {
      this.#statements.addTake.run(name, state, -priority, arrival, weight)
      this.#changed.add(name)
    }
  }

  #drop(row: Stored): void {
    this.#dropTakes(row)
    this.#statements.remove.run(row.arrival)
  }

  #dropTakes({ arrival, priority, state, takes }: Stored): void {
    for (const { name } of JSON.parse(takes) as ReadonlyArray<Take>) {
      this.#statements.removeTake.run(name, state, -priority, arrival)
      this.#changed.add(name)
    }
  }

  #move({ arrival, priority, state, takes }: Stored, to: number): void {
    this.#statements.move.run(to, arrival)
    for (const { name } of JSON.parse(takes) as ReadonlyArray<Take>) {
      this.#statements.moveTake.run(to, name, state, -priority, arrival)
      this.#changed.add(name)
    }
  }

  #grant({ arrival, owner, priority, takes }: Head, number: number): void {
    this.#statements.grant.run(number, arrival)
    for (const { name } of takes) this.#statements.moveTake.run(granted, name, waiting, -priority, arrival)
    this.#granted.add(owner)
  }

  #capacity(name: string): Capacity {
    return this.#statements.capacity.get(name, name) as Capacity | undefined ?? { limit: null, held: 0 }
  }

  #first(name: string): Head | undefined {
    for (;;) {
      const row = this.#statements.first.get(name) as (Stored & { readonly owner: number | null }) | undefined
      if (row === undefined) return undefined
      if (row.owner !== null) return { ...row, owner: row.owner, takes: JSON.parse(row.takes) }
      // Its owner was declared dead, and nobody has claimed its run yet.
      this.#move(row, orphaned)
    }
  }
}

const upsert = <V>(map: Map<string, V>, key: string, make: () => V): V => {
  if (!map.has(key)) map.set(key, make())
  return map.get(key) as V
}

const now = "CAST(unixepoch('subsec') * 1000 AS INTEGER)"

const prepare = (db: Database) => ({
  any: db.prepare("SELECT 1 FROM permits LIMIT 1"),
  limit: db.prepare(`INSERT OR REPLACE INTO semaphores (name, "limit", source, problem) VALUES (?, ?, ?, ?)`),
  insert: db.prepare(
    `INSERT INTO permits (run, path, priority, takes, askedAt, grantedAt, granted, state)
     SELECT key, ?, ?, ?, ?, 0, 0, EXISTS (SELECT 1 FROM processes WHERE id = owner) FROM runs
     WHERE key = ? AND phase IN ('Pending', 'Running') ON CONFLICT DO NOTHING RETURNING arrival, state`
  ),
  release: db.prepare("DELETE FROM permits WHERE run = ? AND path = ? RETURNING arrival, priority, takes, state"),
  replace: db.prepare(
    "UPDATE permits SET priority = ?, takes = ?, grantedAt = 0, granted = 0, state = ? WHERE arrival = ?"
  ),
  remove: db.prepare("DELETE FROM permits WHERE arrival = ?"),
  addTake: db.prepare("INSERT INTO takes (name, state, turn, arrival, weight) VALUES (?, ?, ?, ?, ?)"),
  removeTake: db.prepare("DELETE FROM takes WHERE name = ? AND state = ? AND turn = ? AND arrival = ?"),
  moveTake: db.prepare("UPDATE takes SET state = ? WHERE name = ? AND state = ? AND turn = ? AND arrival = ?"),
  move: db.prepare("UPDATE permits SET state = ?, grantedAt = 0, granted = 0 WHERE arrival = ?"),
  grant: db.prepare(`UPDATE permits SET state = ${granted}, grantedAt = ${now}, granted = ? WHERE arrival = ?`),
  renumber: db.prepare("UPDATE permits SET granted = ? WHERE arrival = ?"),
  number: db.prepare("UPDATE grants SET latest = latest + 1 RETURNING latest").pluck(),
  owner: db.prepare("SELECT owner FROM runs WHERE key = ?").pluck(),
  find: db.prepare("SELECT * FROM permits WHERE run = ? AND path = ?"),
  ofRun: db.prepare("SELECT * FROM permits WHERE run = ?"),
  orphans: db.prepare(
    `SELECT p.* FROM permits p JOIN runs r ON r.key = p.run
     WHERE p.state <> ${orphaned} AND NOT EXISTS (SELECT 1 FROM processes WHERE id = r.owner)`
  ),
  first: db.prepare(
    `SELECT p.*, o.id AS owner FROM takes t CROSS JOIN permits p ON p.arrival = t.arrival
     CROSS JOIN runs r ON r.key = p.run LEFT JOIN processes o ON o.id = r.owner
     WHERE t.name = ? AND t.state = ${waiting} ORDER BY t.turn, t.arrival LIMIT 1`
  ),
  capacity: db.prepare(
    `SELECT "limit", (SELECT total(weight) FROM takes WHERE name = ? AND state = ${granted}) AS held
     FROM semaphores WHERE name = ?`
  ),
  news: db.prepare(
    `SELECT p.run, p.path, p.granted FROM permits p INDEXED BY permits_granted CROSS JOIN runs r ON r.key = p.run
     WHERE p.granted > 0 AND p.granted > ? AND r.owner = ? ORDER BY p.granted, p.priority DESC, p.arrival`
  )
})
