/**
 * Keeps the write-ahead log of a state file within a bound, also where readers kept SQLite from doing so.
 *
 * Owns: when to look at the log's length and to empty it by force. Works after commits only; no timer.
 */
import { statSync } from "node:fs"
import type { Database } from "./Database.ts"

/** Commits between two looks; a look costs some microseconds. */
const pauseAtFirst = 16

const longestPause = 1024

/** The log of one state file. */
export class WriteAheadLog {
  readonly #db: Database
  readonly #path: string
  readonly #limit: number
  #commits = 0
  #pause = pauseAtFirst

  /** `limit` is in bytes; SQLite itself empties the log at about 4 MB when no reader is in its way. */
  constructor(db: Database, file: string, limit: number) {
    this.#db = db
    this.#path = `${file}-wal`
    this.#limit = limit
  }

  /** Call it after each commit; it never throws, since the commit has succeeded whatever happens to the log. */
  committed(): void {
    if (++this.#commits < this.#pause) return
    this.#commits = 0
    try {
      this.#bound()
    } catch {
      this.#pause = longestPause
    }
  }

  /** Moves all it can into the state file and cuts the log to nothing, unless a reader needs it. */
  empty(): void {
    this.#db.value("PRAGMA wal_checkpoint(TRUNCATE)")
  }

  #bound(): void {
    const isLong = this.#isLong()
    if (isLong) this.empty()
    // A reader that stays in the way is asked ever more seldom, since asking waits for it.
    this.#pause = isLong && this.#isLong() ? Math.min(this.#pause * 2, longestPause) : pauseAtFirst
  }

  #isLong(): boolean {
    return (statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0) > this.#limit
  }
}
