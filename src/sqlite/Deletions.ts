/**
 * Deletes runs in pieces: the run at once, what else is written of it as far as one group may take.
 *
 * Owns: the table `deletedRuns`, how many rows a group deletes.
 * Does not own: transactions, when the next piece is deleted (`FileJournal.ts`), permits of the run, what becomes of
 * its artifacts (`artifacts/Orphans.ts`).
 * Invariant: without its row a run does not exist for any reader, and its key never comes back; so what is left of it
 * only takes up room.
 */
import { Orphans } from "./artifacts/Orphans.ts"
import type { Database, Statement } from "./Database.ts"

/** What a run has of one kind. */
interface Part {
  /** Deletes some of it, at most for what a number of rows cost; answers what it did cost, all where some is left. */
  readonly delete: (run: number, room: number) => number
}

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
class Rows implements Part {
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
  readonly #orphans: Orphans
  readonly #parts: ReadonlyArray<Part>
  readonly #note: Statement
  readonly #next: Statement
  readonly #forget: Statement
  readonly #look: () => boolean
  /** Rows that this group may still delete. */
  #room = most
  #isAnyLeft: boolean
  /** Whether it is not known that the last group was stored. */
  #isOpen = false

  constructor(db: Database) {
    this.#run = db.prepare("DELETE FROM runs WHERE key = ?")
    this.#orphans = new Orphans(db)
    // Artifacts first: whoever collects garbage waits for them.
    this.#parts = [this.#orphans, ...Object.entries(firstRows).map(([table, first]) => new Rows(db, table, first))]
    this.#note = db.prepare("INSERT OR IGNORE INTO deletedRuns (run) VALUES (?)")
    this.#next = db.prepare("SELECT run FROM deletedRuns LIMIT 1").pluck()
    this.#forget = db.prepare("DELETE FROM deletedRuns WHERE run = ?")
    this.#look = () => db.read(() => this.#next.get()) !== undefined
    this.#isAnyLeft = this.#look()
  }

  /** Whether a piece is left to delete; perhaps in vain. */
  get isAnyLeft(): boolean {
    return this.#isAnyLeft
  }

  /** Another process died, perhaps before it was done. */
  look(): void {
    this.#isAnyLeft ||= this.#look()
  }

  /** Begins a group; what the one before deleted may be there still. */
  begin(): void {
    if (this.#isOpen) {
      this.#orphans.restart()
      this.#isAnyLeft = true
    }
    this.#isOpen = true
    this.#room = most
  }

  /** The group is stored. */
  committed(): void {
    this.#isOpen = false
  }

  /** Deletes a run. */
  remove(run: number): void {
    this.#run.run(run)
    if (this.#clear(run)) return this.#orphans.close(run)
    this.#note.run(run)
    this.#isAnyLeft = true
  }

  /** Goes on with what earlier groups have left. */
  sweep(): void {
    for (let run = this.#next.get(); run !== undefined; run = this.#next.get()) {
      if (!this.#clear(run as number)) return
      this.#forget.run(run)
      this.#orphans.close(run as number)
    }
    this.#isAnyLeft = false
  }

  /** Deletes rows of a run; answers whether none is left. */
  #clear(run: number): boolean {
    return this.#parts.every((part) => {
      if (this.#room > 0) this.#room -= part.delete(run, this.#room)
      return this.#room > 0
    })
  }
}
