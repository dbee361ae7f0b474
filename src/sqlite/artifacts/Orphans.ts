/**
 * What a deleted run leaves of artifacts: those that it made become due, those that it could read lose a reader.
 *
 * Owns: how far it has come with each run. Does not own: transactions, who is deleted next (`Deletions.ts`), what is
 * garbage (`run/garbage.ts`).
 */
import type { Database, Statement } from "../Database.ts"

/** What one artifact costs, in rows that are only deleted: its row is written anew, and an index with it. */
const weight = 8

const window = "run = ? AND artifact > ? AND artifact <= ?"

/** The artifacts of deleted runs, in pieces. */
export class Orphans {
  readonly #leave: Statement
  readonly #end: Statement
  readonly #forget: Statement
  readonly #orphan: Statement
  /** By run the last artifact that was looked at. */
  readonly #done = new Map<number, string>()

  constructor(db: Database) {
    this.#leave = db.prepare(
      `DELETE FROM artifactReaders WHERE run = ? AND artifact IN (
        SELECT artifact FROM artifactReaders INDEXED BY artifactReaders_by_run WHERE run = ? LIMIT ?)`
    )
    this.#end = db.prepare(
      `SELECT count(*) AS count, max(artifact) AS last FROM (
        SELECT artifact FROM artifacts INDEXED BY artifacts_by_run
        WHERE run = ? AND artifact > ? ORDER BY artifact LIMIT ?)`
    )
    this.#forget = db.prepare(
      `DELETE FROM artifacts INDEXED BY artifacts_by_run WHERE ${window} AND state = 'deleted'`
    )
    this.#orphan = db.prepare(
      `UPDATE artifacts INDEXED BY artifacts_by_run SET state = 'due'
       WHERE ${window} AND state = 'live' AND gc <> 'Never'`
    )
  }

  /** Goes on with a run, for what some rows cost; answers what it did cost, all of it where something is left. */
  delete(run: number, room: number): number {
    const most = Math.max(1, Math.floor(room / weight))
    const left = this.#leave.run(run, run, most).changes
    if (left === most) return room
    const after = this.#done.get(run) ?? ""
    const { count, last } = this.#end.get(run, after, most - left) as { readonly count: number; readonly last: string }
    if (count > 0) {
      this.#forget.run(run, after, last)
      this.#orphan.run(run, after, last)
      this.#done.set(run, last)
    }
    return left + count === most ? room : (left + count) * weight
  }

  /** Begins anew with each run: what was marked may not have been stored. */
  restart(): void {
    this.#done.clear()
  }

  /** Nothing is left of a run. */
  close(run: number): void {
    this.#done.delete(run)
  }
}
