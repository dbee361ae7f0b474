/**
 * Permits in tables: requests, queues, and who is granted next.
 *
 * Owns: the tables `semaphores`, `permits`, `takes`, `grants`; which
 * names changed since the last grants; who is to hear of grants.
 * What it remembers may be too much after a transaction that was
 * rolled back: then it looks, or tells somebody to look, in vain.
 * Does not own: transactions (every writing method is called inside one), who is told (`FileJournal.ts`).
 *
 * Invariants
 * - `state` of a request is the same in `permits` and in all its `takes`.
 * - After `settle` nothing can be granted that is not, and no request of a run without a living owner is granted.
 * - Of the requests that want a key those are `waiting` that are in line; the others stand aside.
 * - A grant costs a few look-ups in the queues of its own names, however
 *   long they are: what cannot be served at all stands aside (parked).
 */
import { collapse, isFormerHolder, isOfKey, ofFormerHolder } from "../../lock/grant.ts"
import type { PermitRequest, SemaphoreRow, Take } from "../../lock/Permit.ts"
import { placeOf, sharedKeys, turn } from "../../lock/turns.ts"
import type { Database } from "../Database.ts"
import { type Refill, Settlement } from "./Settlement.ts"
import { prepare, type Statements, states, type Stored, takesOf } from "./statements.ts"

/** The permits of a state file. */
export class Permits {
  readonly #db: Database
  readonly #statements: Statements
  #changed = new Set<string>()
  /** Whether anybody holds or waits for any; looked up once in a group in which a run ends. */
  #areAny: boolean | undefined
  #granted = new Set<number>()
  #refills: Array<Refill> = []

  constructor(db: Database) {
    this.#db = db
    this.#statements = prepare(db)
  }

  /** Begins a group of writes. */
  begin(): void {
    this.#areAny = undefined
  }

  /** Whether anybody holds or waits for permits. */
  areAny(): boolean {
    return this.#db.read(() => this.#statements.any.get()) !== undefined
  }

  /** Replaces a semaphore; an `initial` limit counts only where none is known. */
  limit({ name, limit, per, source, problem }: SemaphoreRow, initial = false): void {
    const statement = initial ? this.#statements.limitInitially : this.#statements.limit
    if (statement.run(name, limit, per, source, problem).changes === 0) return
    for (const row of this.#statements.parked.all(name) as Array<Stored>) this.#move(row, states.waiting)
    // Who cannot be served any more has no claim to its keys.
    for (const row of this.#statements.users.all(name) as Array<Stored>) {
      for (const take of takesOf(this.#statements, row)) if (isOfKey(take)) this.#changed.add(take.name)
    }
    this.#changed.add(name)
  }

  /** Permits of a rate are there again. */
  refill(name: string): void {
    this.#changed.add(name)
  }

  /** Asks; a request of a run that is not open is ignored. */
  request({ run, path, priority, takes: asked }: PermitRequest, askedAt: number): void {
    const takes = collapse(asked)
    if (takes.length === 0) return
    this.#areAny = true
    const place = this.#place(takes, priority)
    const inserted = this.#statements.insert.get(place, path, priority, JSON.stringify(takes), askedAt, run)
    if (inserted !== undefined) {
      const { arrival, state } = inserted as Stored
      return this.#queue(arrival, priority, takes, state)
    }
    const before = this.#find(run, path)
    if (before !== undefined) this.#repeat(before, priority, takes)
  }

  #place(takes: ReadonlyArray<Take>, priority: number): number {
    const { free, grantedTurn, isWaitedFor, last, newest } = this.#statements
    const keys = sharedKeys(takes)
    if (!keys.some(({ total }) => isWaitedFor.get(total, total) === 1)) return (newest.get() as number ?? 0) + turn
    const place = placeOf(keys.map((key) => {
      const latest = Object.values(states).map((state) => last.get(key.key, state, -priority) as number | null ?? 0)
      return { ...key, granted: grantedTurn.get(key.total) as number | undefined ?? 0, last: Math.max(...latest) }
    }))
    return free.get(place, place, place + turn, place) as number
  }

  /** Drops the request of one path. */
  release(run: number, path: string): void {
    const removed = this.#statements.release.get(run, path) as Stored | undefined
    if (removed !== undefined) this.#dropTakes(removed)
  }

  /** Drops the request of one path if it is granted; answers whether it was. */
  break(run: number, path: string): boolean {
    const found = this.#find(run, path)
    if (found?.state !== states.granted) return false
    this.#drop(found)
    return true
  }

  /** Drops all requests of a run. */
  drop(run: number): void {
    this.#areAny ??= this.#statements.any.get() !== undefined
    if (!this.#areAny) return
    for (const row of this.#statements.ofRun.all(run) as Array<Stored>) this.#drop(row)
  }

  /** Takes from runs that nobody alive executes what they hold, and their place in the queues from those that wait. */
  orphan(): void {
    for (const row of this.#statements.orphans.all() as Array<Stored>) {
      if (row.state === states.granted) this.#reserve(row)
      else this.#move(row, states.orphaned)
    }
  }

  /** Gives requests of runs that were claimed their places back. */
  adopt(runs: ReadonlyArray<number>): void {
    for (const run of runs) {
      for (const row of this.#statements.ofRun.all(run) as Array<Stored>) {
        if (row.state === states.orphaned) this.#move(row, states.waiting)
      }
    }
  }

  /** Grants what can be granted since names changed. */
  settle(): void {
    // A request that is set aside in one queue may have kept others waiting in another.
    while (this.#changed.size > 0) {
      const changed = this.#changed
      this.#changed = new Set()
      const settlement = new Settlement(this.#statements, (row, to) => this.#move(row, to))
      for (const owner of settlement.advance(changed)) this.#granted.add(owner)
      for (const refill of settlement.refills(changed)) this.#refills.push(refill)
    }
  }

  /** When requests that are next at a rate can be served, as far as it came up since the last call. */
  takeRefills(): ReadonlyArray<Refill> {
    const refills = this.#refills
    if (refills.length > 0) this.#refills = []
    return refills
  }

  /** When requests that are next at a rate can be served. */
  refills(): ReadonlyArray<Refill> {
    return this.#db.read(() => {
      const rates = this.#statements.rates.all() as Array<string>
      return rates.length === 0 ? [] : new Settlement(this.#statements).refills(rates)
    })
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
    if (before.takes !== text || before.state !== states.granted) return this.#replace(before, priority, takes)
    // Granted already: a new number, so that it is told again.
    this.#statements.renumber.run(this.#statements.number.get(), before.arrival)
    this.#granted.add(this.#statements.owner.get(before.run) as number)
  }

  #replace(before: Stored, wanted: number, takes: ReadonlyArray<Take>): void {
    const state = before.state === states.orphaned ? states.orphaned : states.waiting
    const priority = isFormerHolder(before.priority) ? before.priority : wanted
    this.#dropTakes(before)
    this.#statements.replace.run(priority, JSON.stringify(takes), state, before.arrival)
    this.#queue(before.arrival, priority, takes, state)
  }

  /** Takes back what the dead held; whoever goes on with their runs comes before those who only waited. */
  #reserve(row: Stored): void {
    const priority = ofFormerHolder(row.priority)
    const takes = takesOf(this.#statements, row)
    this.#dropTakes(row)
    this.#statements.reserve.run(priority, states.orphaned, row.arrival)
    this.#queue(row.arrival, priority, takes, states.orphaned)
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

  #dropTakes(row: Stored): void {
    const { arrival, priority, state } = row
    for (const { name } of takesOf(this.#statements, row)) {
      this.#statements.removeTake.run(name, state, -priority, arrival)
      this.#changed.add(name)
    }
  }

  #move(row: Stored, to: number): void {
    const { arrival, priority, state } = row
    this.#statements.move.run(to, arrival)
    for (const { name } of takesOf(this.#statements, row)) {
      this.#statements.moveTake.run(to, name, state, -priority, arrival)
      this.#changed.add(name)
    }
  }
}
