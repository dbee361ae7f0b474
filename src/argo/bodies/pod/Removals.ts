/**
 * Directories of nodes that ended, while they are removed.
 *
 * Owns: the removals under way. Does not own: what a crash left
 * behind. Invariant: no more than `most` are under way at once.
 */
import * as Effect from "effect/Effect"
import { isRemovedHollow, removeTreeLater } from "../../../process/removeTree.ts"

const most = 64

/** The removals of one run. */
export class Removals {
  readonly #under = new Set<Promise<void>>()

  /**
   * Removes what there is of some directories in the background; waits only when too many are being removed already.
   */
  add(directories: ReadonlyArray<string>): Effect.Effect<void> {
    return Effect.suspend(() => {
      for (const directory of directories) if (!isRemovedHollow(directory)) this.#begin(directory)
      return this.#under.size < most ? Effect.void : Effect.promise(() => Promise.race(this.#under))
    })
  }

  #begin(directory: string): void {
    const removal: Promise<void> = removeTreeLater(directory).catch(() => {}).finally(() => this.#under.delete(removal))
    this.#under.add(removal)
  }

  /** Waits until nothing is being removed. */
  get settled(): Effect.Effect<void> {
    return Effect.suspend(() => this.#under.size === 0 ? Effect.void : Effect.promise(() => Promise.all(this.#under)))
  }
}
