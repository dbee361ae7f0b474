/**
 * The remembered results of an in-memory journal.
 *
 * Owns: these rows, and definitions that tell of their code: each goes with the last row that names it. Does not own:
 * the artifacts that they have handles of (`Artifacts.ts` keeps them).
 */
import type { Artifacts } from "./Artifacts.ts"
import { savedMaps } from "./savedMaps.ts"
import type { MemoQuery, MemoRow, MemoSummary, Write } from "./Journal.ts"

type MemoWrite = Extract<Write, { readonly kind: "memo" | "memoUsed" | "forget" | "evict" }>

type Stored = MemoSummary & MemoRow & { readonly code: string | undefined }

/** How many are evicted at once. */
const evictedAtOnce = 1_000

/** All remembered results of a disk. */
export class Memos {
  readonly #rows = new Map<string, Stored>()
  readonly #artifacts: Artifacts
  readonly #definitions: Map<string, string>

  constructor(artifacts: Artifacts, definitions: Map<string, string>) {
    this.#artifacts = artifacts
    this.#definitions = definitions
  }

  /** Remembers all; the answer puts it back. */
  saved(): () => void {
    return savedMaps(this.#rows)
  }

  /** How many there are. */
  get size(): number {
    return this.#rows.size
  }

  /** Applies a write. */
  write(write: MemoWrite): void {
    switch (write.kind) {
      case "memo":
        return this.#remember(write)
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
    const { code: _, size: __, ttl: ___, usedAt: ____, uses: _____, ...memo } = row
    return memo
  }

  /** Rows that fit, the newest first, or those beyond a place. */
  list({ beyond, cache, limit = 1000 }: MemoQuery): ReadonlyArray<MemoSummary> {
    const rows = [...this.#rows.values()].filter((row) => cache === undefined || row.cache === cache)
    const sorted = beyond === undefined
      ? rows.sort((a, b) => b.createdAt - a.createdAt || (idOf(a) < idOf(b) ? -1 : 1))
      : rows.filter((row) => byPlace(row, { cache: beyond[0], key: beyond[1] }) > 0).sort(byPlace)
    return sorted.slice(0, limit)
      .map(({ code: _, value: __, ...row }) => row)
  }

  #remember({ code, readers = [], row, ttl }: Extract<MemoWrite, { readonly kind: "memo" }>): void {
    const size = new TextEncoder().encode(row.value).length
    if (code !== undefined && !this.#definitions.has(code.digest)) this.#definitions.set(code.digest, code.text)
    this.#artifacts.letGo(idOf(row))
    this.#rows.set(idOf(row), { ...row, code: code?.digest, size, ttl: ttl ?? null, usedAt: row.createdAt, uses: 0 })
    this.#artifacts.hold(idOf(row), row, readers)
  }

  #drop(rows: ReadonlyArray<Stored>): void {
    for (const row of rows) {
      this.#rows.delete(idOf(row))
      this.#artifacts.letGo(idOf(row))
    }
    const codes = new Set(rows.flatMap(({ code }) => code ?? []))
    for (const { code } of this.#rows.values()) if (code !== undefined) codes.delete(code)
    for (const code of codes) this.#definitions.delete(code)
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

const byPlace = (a: Place, b: Place): number =>
  a.cache !== b.cache ? (a.cache < b.cache ? -1 : 1) : a.key === b.key ? 0 : a.key < b.key ? -1 : 1

interface Place {
  readonly cache: string
  readonly key: string
}

const idOf = ({ cache, key }: { readonly cache: string; readonly key: string }): string => JSON.stringify([cache, key])
