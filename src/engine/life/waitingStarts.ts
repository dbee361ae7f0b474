/**
 * How many starts of each workflow wait for their turn: `limits.waitingStarts` of them, and no more.
 *
 * Owns: what this process knows of that number. Does not own: which starts wait (`run/starting.ts`).
 * It is counted anew after each hundredth of the bound, so that a start costs no look at all others; another process
 * may have let in as many meanwhile.
 */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Reads } from "../../journal/Reads.ts"

interface Known {
  /** So many waited when they were counted. */
  readonly count: number
  /** So many have been let in by this process since. */
  since: number
}

/** Counts starts that wait. */
export class WaitingStarts {
  readonly #most: number
  readonly #reads: Pick<Reads, "countRuns">
  readonly #known = new Map<string, Known>()
  /** Let in, and not stored yet: no count has them. */
  readonly #coming = new Map<string, number>()

  constructor(most: number, reads: Pick<Reads, "countRuns">) {
    this.#most = most
    this.#reads = reads
  }

  /** Does what lets one more start of a workflow wait, where there is room; else fails with `full`. */
  within<A, E, E2>(
    workflow: string,
    create: Effect.Effect<A, E>,
    full: E2
  ): Effect.Effect<A, E | E2 | JournalError> {
    return Effect.flatMap(this.#counted(workflow), ({ count, since }): Effect.Effect<A, E | E2> => {
      if (count + since >= this.#most) return Effect.fail(full)
      this.#add(workflow, 1)
      this.#known.get(workflow)!.since++
      return Effect.ensuring(create, Effect.sync(() => this.#add(workflow, -1)))
    })
  }

  #counted(workflow: string): Effect.Effect<Known, JournalError> {
    const known = this.#known.get(workflow)
    if (known !== undefined && known.since < this.#most / 100 && known.count + known.since < this.#most) {
      return Effect.succeed(known)
    }
    return Effect.map(this.#reads.countRuns({ workflow, phases: ["Pending"] }), ({ Pending: count = 0 }) => {
      const fresh = { count, since: this.#coming.get(workflow) ?? 0 }
      this.#known.set(workflow, fresh)
      return fresh
    })
  }

  #add(workflow: string, one: 1 | -1): void {
    const coming = (this.#coming.get(workflow) ?? 0) + one
    if (coming === 0) this.#coming.delete(workflow)
    else this.#coming.set(workflow, coming)
  }
}
