/**
 * The answers to appends: each is called once, in order, whatever another one throws or appends meanwhile (J2).
 *
 * Owns: groups whose answers are still to be called. Does not own: when a group is durable or lost.
 */
import { Append } from "./Append.ts"

type Settled = { readonly group: Array<Append>; readonly runs: Set<number> | undefined }

/** Stands where an append was, so that what belonged to it can go while others still wait for their turn. */
const settled = new Append([], undefined)

/** Calls answers. */
export class Settling {
  #groups: Array<Settled> = []
  /** Runs of groups that are stored and answered, and of which nobody has been told. */
  #touched: Set<number> | undefined = undefined
  #isBusy = false
  #isAbandoned = false
  readonly #committed: (runs: ReadonlySet<number>) => void

  /**
   * `committed` hears which runs were touched, once all that is stored is answered: an answer may have stored a group,
   * and what is told of storage must not be ahead of the answers of that one.
   */
  constructor(committed: (runs: ReadonlySet<number>) => void) {
    this.#committed = committed
  }

  /** Calls nobody any more. */
  abandon(): void {
    this.#isAbandoned = true
    this.#groups = []
  }

  /** Answers a group that is stored, or lost when `runs` is `undefined`; throws what the first of them threw. */
  settle(group: Array<Append>, runs: Set<number> | undefined): void {
    this.#groups.push({ group, runs })
    if (this.#isBusy) return
    this.#isBusy = true
    const thrown: Array<unknown> = []
    do {
      for (let next = this.#groups.shift(); next !== undefined; next = this.#groups.shift()) this.#call(next, thrown)
      this.#tell()
    } while (this.#groups.length > 0)
    this.#isBusy = false
    if (thrown.length > 0) throw thrown[0]
  }

  #call({ group, runs }: Settled, thrown: Array<unknown>): void {
    for (let at = 0; at < group.length; at++) {
      const { done, error } = group[at]!
      group[at] = settled
      if (done === undefined || this.#isAbandoned) continue
      try {
        done(error)
      } catch (error) {
        thrown.push(error)
      }
    }
    // Also for a group that touched no run: an answer to a command is such a one, and somebody waits for it.
    if (runs === undefined) return
    if (this.#touched === undefined) this.#touched = runs
    else for (const run of runs) this.#touched.add(run)
  }

  #tell(): void {
    const runs = this.#touched
    this.#touched = undefined
    if (runs !== undefined && !this.#isAbandoned) this.#committed(runs)
  }
}
