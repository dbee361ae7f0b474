/**
 * Notices that the state file or its log is no longer the one
 * that was opened: moved, deleted, replaced or cut by somebody.
 *
 * Owns: what both were when the journal opened them, and an open file
 * of the log to look into it. Works with commits only; no timer.
 * Does not own: an open file of the state file. Closing one would
 * give back the locks that SQLite holds on it; the log has none.
 *
 * SQLite goes on in the files it has open, also when nobody can
 * find them any more. So a commit would succeed, and be gone.
 *
 * Invariants
 * - Between two commits that follow each other closely, the log is not asked for its size and times: on some systems
 *   its next write would have to note a time of its own, which costs a third of a commit.
 */
import { closeSync, constants, openSync, readSync, type Stats, statSync } from "node:fs"
import { JournalError } from "../journal/JournalError.ts"
import type { Database, Statement } from "./Database.ts"

/** Bytes of the log's own header, and of the one before each page. */
const [logHeader, frameHeader] = [32, 24]

/** Milliseconds between two full looks while there is one commit after the other. */
const longPause = 10

const look = (path: string): Stats | undefined => statSync(path, { throwIfNoEntry: false })

const differs = (one: Stats, other: Stats): boolean => one.ino !== other.ino || one.dev !== other.dev

/** The files behind one journal. */
export class SameFile {
  readonly #db: Database
  readonly #path: string
  readonly #log: string
  readonly #stats: { readonly file: Stats; readonly log: Stats } | undefined
  readonly #start = new Uint8Array(4)
  readonly #pause: number
  #open: number | undefined
  #looked = 0
  #lookedLong = 0
  #pages: Statement | undefined
  #pageSize: number | undefined

  /**
   * `path` is the file with links resolved; both files exist by now. `pause` is for how many milliseconds a look counts
   * for commits that follow it.
   */
  constructor(db: Database, path: string, pause = 0) {
    this.#db = db
    this.#pause = pause
    this.#path = path
    this.#log = `${path}-wal`
    const [file, log] = [look(path), look(this.#log)]
    this.#stats = file === undefined || log === undefined ? undefined : { file, log }
    this.#open = log === undefined ? undefined : openQuietly(this.#log)
  }

  /** Call it before each commit. A look takes two calls of the system, some microseconds each. Throws `Replaced`. */
  check(): void {
    const now = performance.now()
    if (this.#stats === undefined || now - this.#looked < this.#pause) return
    const file = look(this.#path)
    if (file === undefined) throw this.#replaced("the file was moved or deleted")
    if (differs(file, this.#stats.file)) throw this.#replaced("the file was replaced by another one")
    if (!this.#hasHeader() || now - this.#lookedLong >= longPause) {
      this.#checkLog(this.#stats.log)
      this.#lookedLong = now
    }
    this.#looked = now
  }

  /** Gives back what it opened. */
  close(): void {
    if (this.#open !== undefined) closeSync(this.#open)
    this.#open = undefined
  }

  /** Every log that is not empty begins with these bytes. */
  #hasHeader(): boolean {
    if (this.#open === undefined) return false
    if (readSync(this.#open, this.#start, 0, 4, 0) < 4) return false
    return this.#start[0] === 0x37 && this.#start[1] === 0x7f && this.#start[2] === 0x06
  }

  /** A log becomes shorter when a process has emptied it; then SQLite counts no pages in it either. */
  #checkLog(before: Stats): void {
    const bytes = this.#bytesOfLog()
    const log = look(this.#log)
    if (log === undefined) throw this.#replaced(`${this.#logName} was moved or deleted`)
    if (differs(log, before)) throw this.#replaced(`${this.#logName} was replaced by another one`)
    const isWhole = log.size >= bytes && (bytes === 0 || this.#open === undefined || this.#hasHeader())
    if (isWhole || this.#bytesOfLog() !== bytes) return
    throw this.#replaced(`${this.#logName} was cut`)
  }

  #bytesOfLog(): number {
    this.#pages ??= this.#db.prepare("PRAGMA wal_checkpoint(NOOP)")
    this.#pageSize ??= this.#db.value("PRAGMA page_size") as number
    const { log } = this.#db.read(() => this.#pages!.get()) as { log: number }
    return log <= 0 ? 0 : logHeader + log * (frameHeader + this.#pageSize)
  }

  get #logName(): string {
    return `its log (${this.#db.name}-wal)`
  }

  #replaced(what: string): JournalError {
    return new JournalError({
      reason: "Replaced",
      message: `State file "${this.#db.name}" changed while in use: ${what}. This process has stopped; its runs stay ` +
        "as recorded. Stop all that use it, put it back with its log, and open it again."
    })
  }
}

/**
 * Opens a file to be read; where that is possible so that reading
 * leaves no trace, which a later write would have to pay for.
 */
const openQuietly = (path: string): number | undefined => {
  const flags = [constants.O_RDONLY | (constants["O_NOATIME" as "O_RDONLY"] ?? 0), constants.O_RDONLY]
  for (const flag of flags) {
    try {
      return openSync(path, flag)
    } catch {
      // Only its owner may ask for that, and not everywhere.
    }
  }
  return undefined
}
