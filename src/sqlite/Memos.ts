/**
 * Remembered results in tables.
 *
 * Owns: the tables `memos` and `memoReaders`. Does not own: transactions (it must be called inside one), artifacts.
 */
import type { Write } from "../journal/Journal.ts"
import type { Database } from "./Database.ts"

type MemoWrite = Extract<Write, { readonly kind: "memo" | "memoUsed" | "forget" | "evict" }>

const meant = `(@cache IS NULL OR cache = @cache) AND (@key IS NULL OR key = @key)
  AND (@before IS NULL OR createdAt < @before)`

/** Those that go with the end of their run are not kept for a result. */
const hold = `INSERT OR IGNORE INTO memoReaders (artifact, cache, key)
  SELECT artifact, ?, ? FROM artifacts WHERE artifact = ? AND gc NOT IN ('OnWorkflowCompletion', 'temp')`

const remember = `INSERT OR REPLACE INTO memos (cache, key, value, createdAt, runId, path, parts, millis, size, usedAt)
  VALUES (@cache, @key, @value, @createdAt, @runId, @path, @parts, @millis, length(CAST(@value AS BLOB)), @createdAt)`

/** The least recently used that are beyond the bounds. */
const evicted = `SELECT cache, key FROM (
    SELECT cache, key, usedAt, row_number() OVER w AS place, sum(size) OVER w AS sum FROM memos
    WINDOW w AS (ORDER BY usedAt DESC, cache, key)
  ) WHERE place > @entries OR sum > @bytes ORDER BY usedAt LIMIT 1000`

/** The statements, prepared once for each process. */
const prepare = (db: Database) => ({
  remember: db.prepare(remember),
  hold: db.prepare(hold),
  letGo: db.prepare("DELETE FROM memoReaders WHERE cache = ? AND key = ?"),
  used: db.prepare(
    "UPDATE memos SET usedAt = max(usedAt, @at), uses = uses + @uses WHERE cache = @cache AND key = @key"
  ),
  totals: db.prepare("SELECT count(*) AS entries, coalesce(sum(size), 0) AS bytes FROM memos"),
  evicted: db.prepare(evicted),
  remove: db.prepare("DELETE FROM memos WHERE cache = ? AND key = ?"),
  letGoMeant: db.prepare(
    `DELETE FROM memoReaders WHERE (cache, key) IN (SELECT cache, key FROM memos WHERE ${meant})`
  ),
  forget: db.prepare(`DELETE FROM memos WHERE ${meant}`)
})

/** The remembered results of a state file. */
export class Memos {
  readonly #statements: ReturnType<typeof prepare>

  constructor(db: Database) {
    this.#statements = prepare(db)
  }

  /** Applies a write. */
  write(write: MemoWrite): void {
    const { forget, hold, letGo, letGoMeant, remember, used } = this.#statements
    switch (write.kind) {
      case "memo": {
        const { cache, key } = write.row
        letGo.run(cache, key)
        remember.run(write.row)
        for (const artifact of write.readers ?? []) hold.run(cache, key, artifact)
        return
      }
      case "memoUsed": {
        const { at, cache, key, uses } = write
        return void used.run({ at, cache, key, uses })
      }
      case "forget": {
        const values = { cache: write.cache ?? null, key: write.key ?? null, before: write.before ?? null }
        letGoMeant.run(values)
        return void forget.run(values)
      }
      case "evict":
        return this.#evict(write.entries, write.bytes)
    }
  }

  #evict(entries: number, bytes: number): void {
    const { evicted, letGo, remove, totals } = this.#statements
    const all = totals.get() as { readonly entries: number; readonly bytes: number }
    if (all.entries <= entries && all.bytes <= bytes) return
    for (const { cache, key } of evicted.all({ entries, bytes }) as Array<{ cache: string; key: string }>) {
      letGo.run(cache, key)
      remove.run(cache, key)
    }
  }
}
