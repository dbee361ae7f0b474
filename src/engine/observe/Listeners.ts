/**
 * Who is told that something about a run may have changed.
 *
 * Owns: the listeners of each run.
 * Does not own: what they look at; what becomes of a fault that one throws (`guard`).
 * Invariant: a listener that another one has ended meanwhile is not told any more.
 */
export class Listeners {
  readonly #guard: (listener: () => void) => void
  readonly #known = new Map<number, Set<() => void>>()

  /** `guard` calls a listener so that what it throws reaches neither the others nor whoever tells. */
  constructor(guard: (listener: () => void) => void) {
    this.#guard = guard
  }

  /** Calls back whenever something about a run may have changed, until the returned function is called. */
  add(run: number, listener: () => void): () => void {
    const known = this.#known.get(run) ?? new Set()
    this.#known.set(run, known.add(listener))
    return () => {
      const was = known.delete(listener)
      if (was && known.size === 0 && this.#known.get(run) === known) this.#known.delete(run)
    }
  }

  /** Tells those of some runs. */
  tell(runs: Iterable<number>): void {
    for (const run of runs) {
      const known = this.#known.get(run)
      if (known === undefined) continue
      for (const listener of [...known]) if (known.has(listener)) this.#guard(listener)
    }
  }

  /** Tells everybody. */
  tellAll(): void {
    this.tell([...this.#known.keys()])
  }
}
