/**
 * The attempts of this engine's runs that workers of pools run: offered, watched, and taken back.
 *
 * Owns: what is out, by its key. Does not own: where an attempt stands (cells do), what follows from its end (the
 * node's program does).
 * Invariants
 * - W1 An attempt is given up only by a move that its worker could not make any more: whoever wins it decides.
 * - W2 Who waits here is told once: how it ended, that its worker died with it, or that nobody knows of it.
 */
import * as Effect from "effect/Effect"
import type { Cell, Notice, Write } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import {
  offeredPlace,
  ofPool,
  type Placed,
  placeKey,
  readPoolKey,
  spaces,
  standingOf,
  type Taken
} from "../../run/placement.ts"
import { cell, type Ground, moved, put } from "./cells.ts"
import { readOutcome } from "./outcome.ts"
import { Placement, type PlacementOptions } from "./Placement.ts"
import { recalled } from "./recall.ts"

/** What the cells say of all that is out. */
interface Sight {
  readonly offers: ReadonlyMap<string, Cell>
  readonly taken: ReadonlyMap<string, Cell>
  readonly ended: ReadonlyMap<string, Cell>
  readonly notes: ReadonlyMap<string, Cell>
  readonly alive: ReadonlySet<number>
  /** What was looked for among the offers. */
  readonly sought: ReadonlySet<Placement>
}

/** What they stand on. */
interface Host extends Ground {
  /** Does what nobody stands behind. */
  readonly react: (reaction: Effect.Effect<void, JournalError>) => void
}

/** The placements of one engine. */
export class Placements {
  readonly #host: () => Host
  readonly #out = new Map<string, Placement>()
  #unwatch: (() => void) | undefined = undefined
  #isBusy = false
  #again = false
  #isOver = false
  /** Told of offers and of bodies that are to stop: what this process commits it hears of by no notice. */
  onNews: () => void = () => {}

  constructor(host: () => Host) {
    this.#host = host
  }

  /** Whether something is out. */
  get isAny(): boolean {
    return this.#out.size > 0
  }

  /** Whether an attempt is out, and no worker is known to have it. */
  isOffered(place: Placed): boolean {
    const placement = this.#out.get(placeKey(place))
    return placement !== undefined && placement.standing !== "taken"
  }

  /** Follows an attempt that was offered, or that an earlier life of the run has offered. */
  follow(options: PlacementOptions): Placement {
    const placement = new Placement(options, this)
    this.#out.set(placement.key, placement)
    // It may have been taken, and have ended, before anybody told this process of it.
    const isFirst = this.#unwatch === undefined
    this.#unwatch ??= this.#host().journal.watch()
    if (isFirst || placement.standing === undefined) this.wake()
    this.onNews()
    return placement
  }

  /** Lets go of one that is over, or that is left to the next owner of its run. */
  drop(placement: Placement): void {
    if (this.#out.get(placement.key) !== placement) return
    this.#out.delete(placement.key)
    if (this.#out.size > 0) return
    this.#unwatch?.()
    this.#unwatch = undefined
  }

  /** Something may have happened to what is out. */
  heard({ type }: Notice): void {
    if (type === "foreign" || type === "died") this.wake()
  }

  /** Looks where everything stands. */
  wake(): void {
    if (this.#isOver || this.#out.size === 0) return
    this.#again = this.#isBusy
    if (this.#isBusy) return
    this.#isBusy = true
    this.#host().react(Effect.ensuring(this.#look, Effect.sync(() => this.#rested())))
  }

  /** Nothing can be recorded any more: nobody waits here. */
  close(): void {
    this.#isOver = true
    for (const placement of [...this.#out.values()]) placement.leave()
    this.#unwatch?.()
    this.#unwatch = undefined
  }

  /** What is followed from now on is of another life. */
  open(): void {
    this.#isOver = false
    this.#out.clear()
  }

  #rested(): void {
    this.#isBusy = false
    if (this.#again) this.wake()
  }

  get #look(): Effect.Effect<void, JournalError> {
    return Effect.gen({ self: this }, function* () {
      const out = [...this.#out.values()]
      const sight = yield* this.#see(out)
      for (const placement of this.#moving(out, sight)) {
        if (!this.#isOver && placement.isOpen) yield* this.#settle(placement, sight)
      }
    })
  }

  /** Those of which the cells have something to say: an offer that still stands is none. */
  #moving(out: ReadonlyArray<Placement>, { ended, taken }: Sight): ReadonlyArray<Placement> {
    // What came meanwhile was not looked for.
    return out.filter(({ key, standing }) => standing !== "offered" || ended.has(key) || taken.has(key))
  }

  #see(out: ReadonlyArray<Placement>): Effect.Effect<Sight, JournalError> {
    return Effect.gen({ self: this }, function* () {
      const { reads } = this.#host().journal
      // In the order in which attempts move, so that none is missed between two reads.
      const offers = new Map<string, Cell>()
      const sought = new Set(out.filter(({ standing }) => standing === undefined))
      for (const pool of poolsOf(sought)) {
        for (const one of yield* reads.cells(spaces.offers, ofPool(pool))) offers.set(offeredPlace(one.key), one)
      }
      const taken = new Map<string, Cell>()
      for (const pool of poolsOf(out)) {
        for (const one of yield* reads.cells(spaces.taken, ofPool(pool))) taken.set(readPoolKey(one.key)[1], one)
      }
      const notes = taken.size === 0 ? [] : yield* reads.cells(spaces.notes)
      const ended = yield* reads.cells(spaces.ended)
      const alive = new Set<number>()
      const workers = out.flatMap(({ key }) => taken.has(key) ? [takenBy(taken.get(key)!).worker] : [])
      for (const worker of new Set(workers)) if (yield* reads.isAlive(worker)) alive.add(worker)
      return { sought, offers, taken, alive, notes: byKey(notes), ended: byKey(ended) }
    })
  }

  #settle(placement: Placement, sight: Sight): Effect.Effect<void, JournalError> {
    const { key } = placement
    const taken = sight.taken.get(key)
    const by = taken === undefined ? undefined : takenBy(taken)
    const end = sight.ended.get(key)
    const listed = sight.offers.get(key)
    const isOffered = listed !== undefined || placement.standing === "offered"
    const isAlive = by !== undefined && sight.alive.has(by.worker)
    const standing = standingOf({ isEnded: end !== undefined, isTaken: by !== undefined, isAlive, isOffered })
    if (standing === "ended") return this.#end(placement, end!.data)
    if (standing === "abandoned") return this.#giveUp(placement, taken!)
    if (standing === "taken") return Effect.sync(() => placement.isTaken(by!, sight.notes.get(key)?.data))
    if (standing === "offered") return Effect.sync(() => placement.isOffered(listed))
    return Effect.sync(() => this.#miss(placement, sight))
  }

  /** Offers are read only where nothing is known: what seemed to be taken is looked for there before it is lost. */
  #miss(placement: Placement, { sought }: Sight): void {
    if (sought.has(placement)) return placement.over({ how: "absent" })
    placement.standing = undefined
    this.#again = true
  }

  /** Its worker left it in an orderly way: it is offered as it was. */
  #end(placement: Placement, text: string): Effect.Effect<void, JournalError> {
    const outcome = readOutcome(text)
    const consumed = cell(spaces.ended, placement.key, text, null)
    if (outcome !== undefined) return Effect.sync(() => placement.over({ how: "ended", outcome, writes: [consumed] }))
    if (placement.isWithdrawn) return Effect.sync(() => placement.over({ how: "gone", writes: [consumed] }))
    const { data, key } = placement.offer
    const again = [consumed, cell(spaces.offers, key, null, data)]
    return Effect.map(moved(this.#host().journal, again), (isDone) => {
      if (!isDone) return
      placement.isOffered()
      this.onNews()
    })
  }

  /** Its worker died: from then on what it might still say is refused. */
  #giveUp(placement: Placement, { data, key }: Cell): Effect.Effect<void, JournalError> {
    return Effect.map(moved(this.#host().journal, [cell(spaces.taken, key, data, null)]), (isDone) => {
      if (isDone) placement.over({ how: "died" })
      else this.#again = true
    })
  }

  /** Takes an offer back, unless a worker was faster. */
  takeBack(placement: Placement): void {
    const { data, key } = placement.offer
    const back = Effect.map(moved(this.#host().journal, [cell(spaces.offers, key, data, null)]), (isDone) => {
      if (isDone) return placement.over({ how: "gone" })
      placement.missed()
      this.wake()
    })
    this.#host().react(back)
  }

  /** A run was ended without being executed: nobody waits for what is out of it. */
  recall(run: number): void {
    this.#host().react(Effect.map(recalled(this.#host().journal, run), () => this.onNews()))
  }

  /** Tells the worker that has it to stop; answers the write that takes the word back. */
  stop({ key }: Placement): Write {
    const data = "{}"
    put(this.#host(), cell(spaces.stops, key, null, data), () => this.onNews())
    return cell(spaces.stops, key, data, null)
  }
}

const poolsOf = (out: Iterable<Placement>): ReadonlySet<string> => new Set([...out].map(({ pool }) => pool))

const byKey = (cells: ReadonlyArray<Cell>): ReadonlyMap<string, Cell> => new Map(cells.map((one) => [one.key, one]))

const takenBy = ({ data }: Cell): Taken => JSON.parse(data) as Taken
