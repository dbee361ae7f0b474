/**
 * Remembered results in tables.
 *
 * Owns: the tables `memos` and `memoReaders`, and those of `definitions` that tell of their code: each goes with the
 * last result that was made by it. Does not own: transactions (it must be called inside one), artifacts.
 */
import type { Write } from "../journal/Journal.ts"
import type { Database } from "./Database.ts"

type MemoWrite = Extract<Write, { readonly kind: "memo" | "memoUsed" | "forget" | "evict" }>

/** One result is found by its key; of a million none else is looked at. */
const one = "cache = @cache AND key = @key AND (@before IS NULL OR createdAt < @before)"

const meant = `(@cache IS NULL OR cache = @cache) AND (@key IS NULL OR key = @key)
  AND (@before IS NULL OR createdAt < @before)`

/** Those that go with the end of their run are not kept for a result. */
const hold = `INSERT OR IGNORE INTO memoReaders (artifact, cache, key)
  SELECT artifact, ?, ? FROM artifacts WHERE artifact = ? AND gc NOT IN ('OnWorkflowCompletion', 'temp')`

const remember = `INSERT OR REPLACE INTO memos (cache, key, value, createdAt, runId, path, parts, millis, size, usedAt,
    code, ttl)
  VALUES (@cache, @key, @value, @createdAt, @runId, @path, @parts, @millis, length(CAST(@value AS BLOB)), @createdAt,
    @code, @ttl)`

/** The least recently used that are beyond the bounds. */
const evicted = `SELECT cache, key, code FROM (
    SELECT cache, key, code, usedAt, row_number() OVER w AS place, sum(size) OVER w AS sum FROM memos
    WINDOW w AS (ORDER BY usedAt DESC, cache, key)
  ) WHERE place > @entries OR sum > @bytes ORDER BY usedAt LIMIT 1000`

/** Statements that forget the results that are meant. */
const forgetting = (db: Database, meant: string) => ({
  codes: db.prepare(`SELECT DISTINCT code FROM memos WHERE code IS NOT NULL AND ${meant}`),
  letGo: db.prepare(`DELETE FROM memoReaders WHERE (cache, key) IN (SELECT cache, key FROM memos WHERE ${meant})`),
  forget: db.prepare(`DELETE FROM memos WHERE ${meant}`)
})

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
  one: forgetting(db, one),
  meant: forgetting(db, meant),
  keepCode: db.prepare("INSERT OR IGNORE INTO definitions (digest, text) VALUES (@digest, @text)"),
  dropCode: db.prepare(
    "DELETE FROM definitions WHERE digest = @code AND NOT EXISTS (SELECT 1 FROM memos WHERE code = @code)"
  )
})

/** The remembered results of a state file. */
export class Memos {
  readonly #statements: ReturnType<typeof prepare>

  constructor(db: Database) {
    this.#statements = prepare(db)
  }

  /** Applies a write. */
  write(write: MemoWrite): void {
    const { hold, keepCode, letGo, remember, used } = this.#statements
    switch (write.kind) {
      case "memo": {
        const { cache, key } = write.row
        letGo.run(cache, key)
        if (write.code !== undefined) keepCode.run(write.code)
        remember.run({ ...write.row, code: write.code?.digest ?? null, ttl: write.ttl ?? null })
        for (const artifact of write.readers ?? []) hold.run(cache, key, artifact)
        return
      }
      case "memoUsed": {
        const { at, cache, key, uses } = write
        return void used.run({ at, cache, key, uses })
      }
      case "forget":
        return this.#forget({ cache: write.cache ?? null, key: write.key ?? null, before: write.before ?? null })
      case "evict":
        return this.#evict(write.entries, write.bytes)
    }
  }

  #forget(
    values: { readonly cache: string | null; readonly key: string | null; readonly before: number | null }
  ): void {
    const { meant, one } = this.#statements
    const { codes, forget, letGo } = values.cache !== null && values.key !== null ? one : meant
    const gone = (codes.all(values) as Array<{ code: string }>).map(({ code }) => code)
    letGo.run(values)
    forget.run(values)
    this.#dropCodes(gone)
  }

  #dropCodes(codes: Iterable<string>): void {
    for (const code of codes) this.#statements.dropCode.run({ code })
  }

  #evict(entries: number, bytes: number): void {
    const { evicted, letGo, remove, totals } = this.#statements
    const all = totals.get() as { readonly entries: number; readonly bytes: number }
    if (all.entries <= entries && all.bytes <= bytes) return
    const rows = evicted.all({ entries, bytes }) as Array<{ cache: string; key: string; code: string | null }>
    for (const { cache, key } of rows) {
      letGo.run(cache, key)
      remove.run(cache, key)
    }
    this.#dropCodes(new Set(rows.flatMap(({ code }) => code ?? [])))
  }
}
