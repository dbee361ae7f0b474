/**
 * The places that this process offers to pools: it takes attempts, runs their bodies, and tells how they ended.
 *
 * Owns: how many places are taken, the bodies that run here. Does not own: the runs these belong to; nothing of them
 * is recorded here but log lines.
 * Invariants
 * - W3 A body begins only after its attempt is this process's by the journal, and while it is owed: its run is open,
 *   and this is the attempt that its node is at.
 * - W4 An end counts only if the attempt is still this process's.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { hostname } from "node:os"
import process from "node:process"
import type { Cell, Notice } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import {
  type Offer,
  offeredPlace,
  ofPool,
  type Places,
  poolKey,
  readPlaceKey,
  spaces,
  type Taken,
  takenKey
} from "../../run/placement.ts"
import type { Engine, Worker } from "../Engine.ts"
import { cell, moved, put } from "./cells.ts"
import type { Pools } from "../Live.ts"
import { PlacedBody } from "./PlacedBody.ts"
import { swept } from "./recall.ts"

/** Offers that are looked at together. */
const page = 64

/** See the head of the file. */
export class PoolWorker implements Worker {
  readonly #engine: Engine
  readonly #pools: ReadonlyMap<string, number>
  readonly #bodies = new Map<string, PlacedBody>()
  readonly #busy = new Map<string, number>()
  /** What this process cannot run, by workflow, plan and definition. */
  readonly #refused = new Set<string>()
  /** What says that it offers places, by pool. */
  readonly #rows = new Map<string, string>()
  #isBusy = false
  #again = false
  /** It takes nothing any more. */
  #isOver = false
  /** It hears nothing any more. */
  #isGone = false
  #rest: () => void = () => {}
  #unwatch: () => void = () => {}
  #unsubscribe: () => void = () => {}

  constructor(engine: Engine, pools: Pools) {
    this.#engine = engine
    this.#pools = new Map(Object.entries(pools))
  }

  /** Offers its places from now on. */
  begin(): void {
    const { host } = this.#engine
    this.#rest = host.stayAlive()
    this.#unwatch = host.journal.watch()
    this.#unsubscribe = host.journal.subscribe((notice) => this.#heard(notice))
    host.placements.onNews = () => this.wake()
    for (const [pool, places] of this.#pools) {
      const row = JSON.stringify({ places, host: hostname(), pid: process.pid } satisfies Places)
      this.#rows.set(pool, row)
      put(host, cell(spaces.workers, this.#rowOf(pool), null, row))
    }
    host.react(swept(host.journal))
    this.wake()
  }

  /** Takes nothing any more; bodies that run go on. */
  drain(): Effect.Effect<void> {
    this.#isOver = true
    return Fiber.awaitAll([...this.#bodies.values()].flatMap(({ fiber }) => fiber ?? [])).pipe(Effect.asVoid)
  }

  /** Interrupts its bodies and gives their attempts back. */
  leave(): Effect.Effect<void> {
    this.#end()
    for (const body of this.#bodies.values()) body.end("leave")
    const { host } = this.#engine
    for (const [pool, row] of this.#rows) {
      put(host, cell(spaces.workers, this.#rowOf(pool), row, null))
    }
    return this.drain()
  }

  /** Nothing that its bodies tell counts any more. */
  abandon(): void {
    this.#isOver = true
    this.#end()
    for (const body of this.#bodies.values()) body.end("abandon")
  }

  /** Looks whether there is something to take or to stop. */
  wake(): void {
    if (this.#isGone || this.#isOver && this.#bodies.size === 0) return
    this.#again = this.#isBusy
    if (this.#isBusy) return
    this.#isBusy = true
    this.#engine.host.react(Effect.ensuring(this.#look, Effect.sync(() => this.#rested())))
  }

  #heard({ type }: Notice): void {
    if (type === "foreign") this.wake()
  }

  #rested(): void {
    this.#isBusy = false
    if (this.#again) this.wake()
  }

  #end(): void {
    this.#isGone = true
    this.#rest()
    this.#unwatch()
    this.#unsubscribe()
  }

  #rowOf(pool: string): string {
    return poolKey(pool, String(this.#engine.host.journal.process))
  }

  get #look(): Effect.Effect<void, JournalError> {
    return Effect.gen({ self: this }, function* () {
      if (this.#bodies.size > 0) {
        for (const { key } of yield* this.#engine.host.journal.reads.cells(spaces.stops)) {
          this.#bodies.get(key)?.end("stop")
        }
      }
      for (const [pool, places] of this.#pools) yield* this.#take(pool, places)
    })
  }

  /** Takes as many offers as there are free places: the first ones that this process can run. */
  #take(pool: string, places: number): Effect.Effect<void, JournalError> {
    return Effect.gen({ self: this }, function* () {
      const { from: first, before } = ofPool(pool)
      let from = first
      while (!this.#isOver && this.#free(pool, places) > 0) {
        const offers = yield* this.#engine.host.journal.reads.cells(spaces.offers, { from, before, limit: page })
        const fitting = offers.filter((offer) => this.#fits(offer)).slice(0, this.#free(pool, places))
        yield* Effect.forEach(fitting, (offer) => this.#taken(pool, offer), { concurrency: "unbounded" })
        if (offers.length < page) return
        from = `${offers.at(-1)!.key}\u0000`
      }
    })
  }

  #free(pool: string, places: number): number {
    return places - (this.#busy.get(pool) ?? 0)
  }

  #fits({ data }: Cell): boolean {
    const offer = JSON.parse(data) as Offer
    const { revivers, workflows } = this.#engine
    if (this.#refused.has(versionOf(offer))) return false
    return workflows.has(offer.workflow) || offer.kept !== null && revivers.size > 0
  }

  #taken(pool: string, { data, key }: Cell): Effect.Effect<void, JournalError> {
    const { journal, now } = this.#engine.host
    const offer = JSON.parse(data) as Offer
    const place = readPlaceKey(offeredPlace(key))
    if (place === undefined) return Effect.void
    const once = offer.once === undefined ? {} : { once: offer.once }
    const taken = JSON.stringify({ worker: journal.process, at: now(), ...once } satisfies Taken)
    const where = takenKey(pool, place)
    this.#count(pool, 1)
    const body = new PlacedBody(this.#engine, { place, offer, taken: { key: where, data: taken } })
    return Effect.map(
      moved(journal, [cell(spaces.offers, key, data, null), cell(spaces.taken, where, null, taken)]),
      (isDone) => {
        if (!isDone) return this.#freed(pool)
        this.#engine.host.placements.wake()
        this.#bodies.set(body.key, body)
        body.begin((isRefused) => {
          if (isRefused) this.#refused.add(versionOf(offer))
          this.#bodies.delete(body.key)
          this.#freed(pool)
        })
      }
    )
  }

  #freed(pool: string): void {
    this.#count(pool, -1)
    this.#engine.host.placements.wake()
    this.wake()
  }

  #count(pool: string, by: number): void {
    this.#busy.set(pool, (this.#busy.get(pool) ?? 0) + by)
  }
}

const versionOf = ({ digest, kept, workflow }: Offer): string => JSON.stringify([workflow, digest, kept])
