/**
 * The remembered results of an in-memory journal.
 *
 * Owns: these rows. Does not own: the artifacts that they have handles of (`Artifacts.ts` keeps them).
 */
import type { Artifacts } from "./Artifacts.ts"
import type { MemoQuery, MemoRow, MemoSummary, Write } from "./Journal.ts"

type MemoWrite = Extract<Write, { readonly kind: "memo" | "memoUsed" | "forget" | "evict" }>

type Stored = MemoSummary & MemoRow

/** How many are evicted at once. */
const evictedAtOnce = 1_000

/** All remembered results of a disk. */
export class Memos {
  readonly #rows = new Map<string, Stored>()
  readonly #artifacts: Artifacts

  constructor(artifacts: Artifacts) {
    this.#artifacts = artifacts
  }

  /** How many there are. */
  get size(): number {
    return this.#rows.size
  }

  /** Applies a write. */
  write(write: MemoWrite): void {
    switch (write.kind) {
      case "memo":
        return this.#remember(write.row, write.readers ?? [])
      case "memoUsed": {
        const row = this.#rows.get(idOf(write))
        if (row === undefined) return
        const usedAt = Math.max(row.usedAt, write.at)
        return void this.#rows.set(idOf(write), { ...row, usedAt, uses: row.uses + write.uses })
      }
      case "forget":
        return this.#drop([...this.#rows.values()].filter((row) => isMeant(row, write)))
      case "evict":
        return this.#drop(this.#beyond(write))
    }
  }

  /** One row. */
  get(cache: string, key: string): MemoRow | undefined {
    const row = this.#rows.get(idOf({ cache, key }))
    if (row === undefined) return undefined
    const { size: _, usedAt: __, uses: ___, ...memo } = row
    return memo
  }

  /** Rows that fit, the newest first. */
  list({ cache, limit = 1000 }: MemoQuery): ReadonlyArray<MemoSummary> {
    return [...this.#rows.values()].filter((row) => cache === undefined || row.cache === cache)
      .sort((a, b) => b.createdAt - a.createdAt || (idOf(a) < idOf(b) ? -1 : 1)).slice(0, limit)
      .map(({ value: _, ...row }) => row)
  }

  #remember(row: MemoRow, artifacts: ReadonlyArray<string>): void {
    this.#drop([row])
    const size = new TextEncoder().encode(row.value).length
    this.#rows.set(idOf(row), { ...row, size, usedAt: row.createdAt, uses: 0 })
    this.#artifacts.hold(idOf(row), artifacts)
  }

  #drop(rows: ReadonlyArray<{ readonly cache: string; readonly key: string }>): void {
    for (const row of rows) {
      this.#rows.delete(idOf(row))
      this.#artifacts.letGo(idOf(row))
    }
  }

  /** The least recently used that are beyond the bounds. */
  #beyond({ bytes, entries }: Extract<MemoWrite, { readonly kind: "evict" }>): ReadonlyArray<Stored> {
    const rows = [...this.#rows.values()].sort((a, b) => b.usedAt - a.usedAt || (idOf(a) < idOf(b) ? -1 : 1))
    let sum = 0
    return rows.filter(({ size }, at) => (sum += size) > bytes || at >= entries).slice(-evictedAtOnce)
  }
}

const isMeant = (row: MemoRow, { before, cache, key }: Extract<MemoWrite, { readonly kind: "forget" }>): boolean =>
  (cache === undefined || row.cache === cache) && (key === undefined || row.key === key) &&
  (before === undefined || row.createdAt < before)

const idOf = ({ cache, key }: { readonly cache: string; readonly key: string }): string => JSON.stringify([cache, key])
