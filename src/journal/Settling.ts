/**
 * The answers to appends: each is called once, in order, whatever another one throws or appends meanwhile (J2).
 *
 * Owns: groups whose answers are still to be called. Does not own: when a group is durable or lost.
 */
import { Append } from "./Append.ts"

type Settled = { readonly group: Array<Append>; readonly runs: ReadonlySet<number> | undefined }

/** Stands where an append was, so that what belonged to it can go while others still wait for their turn. */
const settled = new Append([], undefined)

/** Calls answers. */
export class Settling {
  #groups: Array<Settled> = []
  #isBusy = false
  #isAbandoned = false
  readonly #committed: (runs: ReadonlySet<number>) => void

  /** `committed` hears once per stored group which runs it touched, after the answers of that group. */
  constructor(committed: (runs: ReadonlySet<number>) => void) {
    this.#committed = committed
  }

  /** Calls nobody any more. */
  abandon(): void {
    this.#isAbandoned = true
    this.#groups = []
  }

  /** Answers a group that is stored, or lost when `runs` is `undefined`; throws what the first of them threw. */
  settle(group: Array<Append>, runs: ReadonlySet<number> | undefined): void {
    this.#groups.push({ group, runs })
    if (this.#isBusy) return
    this.#isBusy = true
    const thrown: Array<unknown> = []
    for (let next = this.#groups.shift(); next !== undefined; next = this.#groups.shift()) this.#call(next, thrown)
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
    if (runs !== undefined && !this.#isAbandoned) this.#committed(runs)
  }
}
