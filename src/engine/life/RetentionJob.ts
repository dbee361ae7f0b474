/**
 * Deletes ended runs whose time has come, with everything that belongs to them. When that is, is in the row of the run.
 *
 * Owns: one alarm, at the earliest such instant. Does not own:
 * rows, artifacts (they become garbage in the same transaction).
 * Invariant: a run that is executed, or was retried meanwhile, is not deleted: storage asks again when it deletes.
 */
import type { RunRow } from "../../run/State.ts"
import type { Host } from "../Live.ts"

/** Runs of one append: each deletes all rows of a run. */
const batch = 10

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
    if (this.#closed) return
    const { journal, now } = this.#host
    const rows = journal.expired(now(), batch)
    if (rows.length === 0) return this.#rest()
    const at = now()
    const writes = rows.map(({ key }) => ({ kind: "delete", run: key, ifExpiredAt: at }) as const)
    journal.append(writes, (error) => {
      if (this.#closed) return
      if (error !== undefined) return this.#host.onLost(error)
      this.#deleted()
      this.#host.guard(() => this.wake())
    })
  }

  /** A run of this workflow has ended: those beyond the number that is kept go. */
  keepLast({ phase, workflow }: RunRow, many: number): void {
    if (this.#closed || many === Infinity) return
    const { journal } = this.#host
    const surplus = journal.listRuns({ workflow, phases: [phase], skip: many })
    if (surplus.length === 0) return
    const writes = surplus.map(({ key }) => ({ kind: "delete", run: key, ifEnded: true }) as const)
    journal.append(writes, (error) => {
      if (this.#closed) return
      if (error === undefined) this.#deleted()
      else this.#host.onLost(error)
    })
  }

  /** Forgets its alarm. */
  close(): void {
    this.#closed = true
    this.#cancelAlarm()
  }

  #rest(): void {
    this.#cancelAlarm()
    const next = this.#host.journal.nextExpiry()
    if (next !== undefined) this.#cancelAlarm = this.#host.alarm(next, () => this.#host.guard(() => this.wake()))
  }
}
