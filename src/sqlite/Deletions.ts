/**
 * Deletes runs in pieces: the run at once, what else is written of it as far as one group may take.
 *
 * Owns: the table `deletedRuns`, how many rows a group deletes.
 * Does not own: transactions, when the next piece is deleted (`FileJournal.ts`), permits and artifacts of the run.
 * Invariant: without its row a run does not exist for any reader, and its key never comes back; so what is left of it
 * only takes up room.
 */
import type { Database, Statement } from "./Database.ts"

/** Rows that one group deletes: some milliseconds. */
const most = 4_000

/** For each table what deletes the first rows of a run (named twice), a number of them. */
const firstRows = {
  nodes: "path <= (SELECT path FROM nodes WHERE run = ? ORDER BY path LIMIT 1 OFFSET ? - 1)",
  events: "seq <= (SELECT seq FROM events WHERE run = ? ORDER BY seq LIMIT 1 OFFSET ? - 1)",
  logs: "id IN (SELECT id FROM logs WHERE run = ? LIMIT ?)",
  commands: "id IN (SELECT id FROM commands WHERE run = ? LIMIT ?)"
}

/** The rows of runs in one table. */
class Rows {
  readonly #count: Statement
  readonly #all: Statement
  readonly #first: Statement

  constructor(db: Database, table: string, first: string) {
    this.#count = db.prepare(`SELECT count(*) FROM (SELECT 1 FROM ${table} WHERE run = ? LIMIT ?)`).pluck()
    this.#all = db.prepare(`DELETE FROM ${table} WHERE run = ?`)
    this.#first = db.prepare(`DELETE FROM ${table} WHERE run = ? AND ${first}`)
  }

  /** Deletes rows of a run, up to a number; answers how many. */
  delete(run: number, room: number): number {
    const count = this.#count.get(run, room) as number
    // To delete all of them costs a fraction of looking where to end.
    if (count > 0) count < room ? this.#all.run(run) : this.#first.run(run, run, room)
    return count
  }
}

/** The deletion of runs in one file. */
export class Deletions {
  readonly #run: Statement
  readonly #tables: ReadonlyArray<Rows>
  readonly #note: Statement
  readonly #next: Statement
  readonly #forget: Statement
  /** Rows that this group may still delete. */
  #room = most
  #isAnyLeft: boolean

  constructor(db: Database) {
    this.#run = db.prepare("DELETE FROM runs WHERE key = ?")
    this.#tables = Object.entries(firstRows).map(([table, first]) => new Rows(db, table, first))
    this.#note = db.prepare("INSERT OR IGNORE INTO deletedRuns (run) VALUES (?)")
    this.#next = db.prepare("SELECT run FROM deletedRuns LIMIT 1").pluck()
    this.#forget = db.prepare("DELETE FROM deletedRuns WHERE run = ?")
    this.#isAnyLeft = db.read(() => this.#next.get()) !== undefined
  }

  /** Whether a piece is left to delete; perhaps in vain. */
  get isAnyLeft(): boolean {
    return this.#isAnyLeft
  }

  /** Begins a group. */
  begin(): void {
    this.#room = most
  }

  /** Deletes a run. */
  remove(run: number): void {
    this.#run.run(run)
    if (this.#clear(run)) return
    this.#note.run(run)
    this.#isAnyLeft = true
  }

  /** Goes on with what earlier groups have left. */
  sweep(): void {
    for (let run = this.#next.get(); run !== undefined; run = this.#next.get()) {
      if (!this.#clear(run as number)) return
      this.#forget.run(run)
    }
    this.#isAnyLeft = false
  }

  /** Deletes rows of a run; answers whether none is left. */
  #clear(run: number): boolean {
    return this.#tables.every((table) => {
      if (this.#room > 0) this.#room -= table.delete(run, this.#room)
      return this.#room > 0
    })
  }
}
