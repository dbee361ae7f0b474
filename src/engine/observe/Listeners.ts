/**
 * Who is told that something about a run may have changed.
 *
 * Owns: the listeners of each run.
 * Does not own: what they look at; what becomes of a fault that one throws (`guard`).
 * Invariant: a listener that another one has ended meanwhile is not told any more.
 */
type Listener = () => void

/** Who listens. */
export class Listeners {
  readonly #guard: (listener: Listener) => void
  /** Mostly one waits for a run, which needs no set. */
  readonly #known = new Map<number, Listener | Set<Listener>>()

  /** `guard` calls a listener so that what it throws reaches neither the others nor whoever tells. */
  constructor(guard: (listener: Listener) => void) {
    this.#guard = guard
  }

  /** Calls back whenever something about a run may have changed, until the returned function is called. */
  add(run: number, listener: Listener): () => void {
    const known = this.#known.get(run)
    if (known === undefined) this.#known.set(run, listener)
    else if (known instanceof Set) known.add(listener)
    else this.#known.set(run, new Set([known, listener]))
    return () => this.#end(run, listener)
  }

  #end(run: number, listener: Listener): void {
    const known = this.#known.get(run)
    if (known === listener) this.#known.delete(run)
    else if (known instanceof Set && known.delete(listener) && known.size === 0) this.#known.delete(run)
  }

  /** Tells those of some runs. */
  tell(runs: Iterable<number>): void {
    for (const run of runs) {
      const known = this.#known.get(run)
      if (known === undefined) continue
      if (!(known instanceof Set)) {
        this.#guard(known)
        continue
      }
      for (const listener of [...known]) if (known.has(listener)) this.#guard(listener)
    }
  }

  /** Tells everybody. */
  tellAll(): void {
    this.tell([...this.#known.keys()])
  }
}
