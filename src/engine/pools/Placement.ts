/**
 * One attempt that is out to a pool, as its owner sees it.
 *
 * Owns: where it was seen last, whether it is to be taken back. Does not own: cells (`Placements.ts`).
 */
import * as Effect from "effect/Effect"
import type { Cell, Write } from "../../journal/Journal.ts"
import { type Placed, placeKey, type Taken } from "../../run/placement.ts"
import type { Outcome } from "./outcome.ts"

/** How an attempt is over for its owner; `writes` go with the record of it. */
export type Over =
  | { readonly how: "ended"; readonly outcome: Outcome; readonly writes: ReadonlyArray<Write> }
  /** Its worker died, nobody knows of it, it was taken back, or whoever waits leaves it to others. */
  | { readonly how: "died" | "absent" | "gone" | "left"; readonly writes?: ReadonlyArray<Write> }

/** An offer as a cell. */
export type OfferCell = Pick<Cell, "data" | "key">

/** What is to be followed. */
export interface PlacementOptions {
  readonly place: Placed
  readonly pool: string
  /** As it is offered, or would be again. */
  readonly offer: OfferCell
  /** Whether it was offered just now. */
  readonly isNew: boolean
  /** A worker has it. */
  readonly taken: (by: Taken) => void
  /** What the body has told of its progress, as JSON text. */
  readonly noted: (note: string) => void
  readonly over: (over: Over) => void
}

/** Takes offers back and tells workers to stop. */
export interface Withdrawing {
  readonly takeBack: (placement: Placement) => void
  readonly stop: (placement: Placement) => Write
  readonly drop: (placement: Placement) => void
}

/** See the head of the file. */
export class Placement {
  readonly key: string
  readonly pool: string
  offer: OfferCell
  /** Where it was seen last; `undefined` where it has to be looked for among the offers. */
  standing: "offered" | "taken" | undefined
  isOpen = true
  readonly #options: PlacementOptions
  readonly #by: Withdrawing
  #isWithdrawn = false
  #isComingBack = false
  #stopped: Write | undefined = undefined
  #note: string | undefined = undefined
  #tell: (over: Over) => void

  constructor(options: PlacementOptions, by: Withdrawing) {
    this.key = placeKey(options.place)
    this.pool = options.pool
    this.offer = options.offer
    this.standing = options.isNew ? "offered" : undefined
    this.#options = options
    this.#by = by
    this.#tell = options.over
  }

  /** Whether it is to be taken back. */
  get isWithdrawn(): boolean {
    return this.#isWithdrawn
  }

  /** No worker has it. */
  isOffered(listed: OfferCell = this.offer): void {
    this.offer = listed
    this.standing = "offered"
    this.#withdraw()
  }

  /** A worker has it, and has told this. */
  isTaken(by: Taken, note: string | undefined): void {
    const isNews = this.standing !== "taken"
    this.standing = "taken"
    if (isNews) this.#options.taken(by)
    if (note !== undefined && note !== this.#note) this.#options.noted(note)
    this.#note = note
    this.#withdraw()
  }

  /** It is over; told once. */
  over(over: Over): void {
    if (!this.isOpen) return
    this.isOpen = false
    this.#by.drop(this)
    const { writes = [] } = over
    this.#tell(this.#stopped === undefined ? over : { ...over, writes: [...writes, this.#stopped] })
  }

  /** Nobody waits for it here any more: it goes on, and the next owner of its run finds it. */
  leave(): void {
    this.over({ how: "left" })
  }

  /** Takes it back, and waits until no worker has it. */
  get withdrawn(): Effect.Effect<Over> {
    return Effect.callback((resume) => {
      if (!this.isOpen) return resume(Effect.succeed({ how: "left" }))
      this.#tell = (over) => resume(Effect.succeed(over))
      this.#isWithdrawn = true
      this.#withdraw()
    })
  }

  #withdraw(): void {
    if (!this.#isWithdrawn || !this.isOpen) return
    if (this.standing === "taken") this.#stopped ??= this.#by.stop(this)
    if (this.standing !== "offered" || this.#isComingBack) return
    this.#isComingBack = true
    this.#by.takeBack(this)
  }

  /** A worker was faster: it is looked for again. */
  missed(): void {
    this.#isComingBack = false
    this.standing = undefined
  }
}
