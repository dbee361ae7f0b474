/**
 * Deletes what is left of deleted runs, piece by piece, beside the path of commits. Without its row a run does not
 * exist for any reader, and its key never comes back; so what is left of it only takes up room, and it does no harm to
 * delete it twice, or not.
 *
 * Owns: that one piece is on its way at a time. Does not own: which rows (`schema/changes.ts`).
 */
import type { Asker } from "./Reader.ts"

/** Rows of one piece: some milliseconds, for which reads of this process wait. */
const most = 1_000

/** The deletions of one process. */
export class Deletions {
  readonly #ask: Asker
  #isBusy = false
  #isClosed = false
  readonly #waiting: Array<() => void> = []

  constructor(ask: Asker) {
    this.#ask = ask
  }

  /** Something may be left. */
  wake(): void {
    if (this.#isBusy || this.#isClosed) return
    this.#isBusy = true
    // What fails is not tried again by itself: the next deletion goes on, or whoever opens the database.
    this.#sweep().catch(() => {}).finally(() => this.#rest())
  }

  /** Calls back once nothing is left, or nobody here goes on. */
  whenDone(then: () => void): void {
    if (this.#isBusy) this.#waiting.push(then)
    else then()
  }

  /** Begins no further piece. */
  close(): void {
    this.#isClosed = true
  }

  #rest(): void {
    this.#isBusy = false
    for (const then of this.#waiting.splice(0)) then()
  }

  async #sweep(): Promise<void> {
    let isAnyLeft = true
    while (isAnyLeft && !this.#isClosed) {
      const [row] = await this.#ask.all("SELECT sweep($1) AS left", most)
      isAnyLeft = row!["left"] as boolean
    }
  }
}
