/**
 * Which attempt of which node saves under a key of its own, so
 * that two at once cannot: their rows come only when they end.
 *
 * Owns: the keys that live runs of this process have put something under.
 * Does not own: rows of runs that are over, or of other processes.
 * Invariant: a key is one node's as long as its run is executed; each attempt of the node puts one artifact there.
 */

/** An attempt of a node of a live run. */
export interface Claimant {
  readonly run: number
  readonly path: string
  readonly attempt: number
}

/** The keys that are taken. */
export class Claims {
  readonly #claimants = new Map<string, Claimant>()

  /** Takes a key of a store; answers false when it is somebody else's, or that attempt has it already. */
  take(store: string, key: string, claimant: Claimant): boolean {
    const place = placeOf(store, key)
    const held = this.#claimants.get(place)
    if (held !== undefined && !isLater(claimant, held)) return false
    this.#claimants.set(place, claimant)
    return true
  }

  /** Gives a key back under which nothing was put after all. */
  giveBack(store: string, key: string): void {
    this.#claimants.delete(placeOf(store, key))
  }

  /** A run is over: what it has put is in rows. */
  end(run: number): void {
    for (const [place, claimant] of this.#claimants) if (claimant.run === run) this.#claimants.delete(place)
  }
}

const placeOf = (store: string, key: string): string => JSON.stringify([store, key])

const isLater = (claimant: Claimant, { attempt, path, run }: Claimant): boolean =>
  claimant.run === run && claimant.path === path && claimant.attempt > attempt
