/**
 * Deletes ended runs whose time has come, with everything that belongs to them. When that is, is in the row of the run.
 *
 * Owns: one alarm, at the earliest such instant. Does not own:
 * rows, artifacts (they become garbage in the same transaction).
 * Invariant: a run that is executed, or was retried meanwhile, is not deleted: storage asks again when it deletes.
 */
import * as Effect from "effect/Effect"
import type { Write } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import type { RunRow } from "../../run/State.ts"
import type { Host } from "../Live.ts"

/** Runs of one append. What a large one leaves is deleted later, in pieces. */
const batch = 100

/** The retention of one engine. */
export class RetentionJob {
  readonly #host: Host
  /** Told when runs were deleted. */
  readonly #deleted: () => void
  #cancelAlarm: () => void = () => {}
  #closed = false

  constructor(host: Host, deleted: () => void) {
    this.#host = host
    this.#deleted = deleted
  }

  /** Something may have to be deleted now, or later. */
  wake(): void {
    if (!this.#closed) this.#host.react(this.#look)
  }

  get #look(): Effect.Effect<void, JournalError> {
    const { journal, now } = this.#host
    return Effect.flatMap(journal.reads.expired(now(), batch), (rows) => {
      if (rows.length === 0) return this.#rest
      const at = now()
      this.#delete(rows.map(({ key }) => ({ kind: "delete", run: key, ifExpiredAt: at })), () => this.wake())
      return Effect.void
    })
  }

  /** A run of this workflow has ended: those beyond the number that is kept go. */
  keepLast({ phase, workflow }: RunRow, many: number): void {
    if (this.#closed || many === Infinity) return
    const surplus = this.#host.journal.reads.listRuns({ workflow, phases: [phase], skip: many })
    this.#host.react(Effect.map(surplus, (rows) => {
      if (rows.length > 0) this.#delete(rows.map(({ key }) => ({ kind: "delete", run: key, ifEnded: true })))
    }))
  }

  #delete(writes: ReadonlyArray<Write>, next: () => void = () => {}): void {
    if (this.#closed) return
    this.#host.journal.append(writes, (error) => {
      if (this.#closed) return
      if (error !== undefined) return this.#host.onLost(error)
      this.#deleted()
      next()
    })
  }

  /** Forgets its alarm. */
  close(): void {
    this.#closed = true
    this.#cancelAlarm()
  }

  get #rest(): Effect.Effect<void, JournalError> {
    return Effect.map(this.#host.journal.reads.nextExpiry(), (next) => {
      this.#cancelAlarm()
      if (this.#closed || next === undefined) return
      this.#cancelAlarm = this.#host.alarm(next, () => this.wake())
    })
  }
}
