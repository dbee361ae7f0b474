/**
 * How many children may be open at once in one flow, or in several that share the room.
 *
 * Owns: the places that are left, whether nothing new begins any more. Does not own: who is next (each pool's queue).
 * Invariants
 * - R1 Never more than `limit` children are inside.
 * - R2 After `hold` no pool of this room opens a child that had not begun.
 * - R3 A place is kept for each child that was inside when its process died: it may hold a permit that those who would
 *   come in before it wait for.
 */

/** A pool that takes places of a room. */
export interface Lodger {
  /** Places may have become free. */
  readonly pump: () => void
  /** Nothing new begins any more. */
  readonly hold: () => void
}

/** A bound that pools share. */
export class Room {
  #left: number
  #kept = 0
  /** Made anew with each change, so that whoever goes through them sees those that there were. Mostly one. */
  #lodgers: ReadonlyArray<Lodger> = []
  held: boolean = false

  constructor(limit: number) {
    this.#left = limit
  }

  /** Whether there is a place, for a child that had begun or for a new one. */
  hasPlace(begun: boolean): boolean {
    return this.#left > (begun ? 0 : this.#kept)
  }

  /** Keeps places for children that were inside when their process died. */
  keep(places: number): void {
    this.#kept += places
  }

  /** Takes a place. */
  enter(): void {
    this.#left--
  }

  /** Gives a place back; other pools than the one that gives it look whether it is for them. */
  leave(from: Lodger): void {
    this.#left++
    if (this.#lodgers.length > 1) { for (const lodger of this.#lodgers) if (lodger !== from) lodger.pump() }
  }

  /** Takes a pool in. */
  adopt(lodger: Lodger): void {
    this.#lodgers = [...this.#lodgers, lodger]
  }

  /** Lets a pool go that has ended; places still kept for it are free, so the others look whether they may go on. */
  dismiss(lodger: Lodger, kept: number): void {
    this.#lodgers = this.#lodgers.filter((other) => other !== lodger)
    this.#kept -= kept
    if (kept > 0) { for (const other of this.#lodgers) other.pump() }
  }

  /** Nothing new begins in any pool of this room. */
  hold(): void {
    this.held = true
    for (const lodger of this.#lodgers) lodger.hold()
  }
}
