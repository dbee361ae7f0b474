/**
 * How this engine uses remembered results: what has to be written of it, and how rarely that is enough.
 *
 * Owns: uses that are not written yet. Does not own: the results.
 * Invariant R11: there are at most 100 results more than the bounds allow. Where bounds were lowered, or the newest
 * results are far larger than the oldest, each `evict` lets go of 1,000: ten times what has come since the last one.
 */
import type { MemoRow, Write } from "../../journal/Journal.ts"
import { type Code, codeKey } from "../../reuse/Code.ts"

/** How much is remembered in all. */
export interface CacheBounds {
  readonly entries: number
  readonly bytes: number
}

/** Uses of one result are written once a minute at most: each writes its row anew. */
const usesEvery = 60_000

/** Bounds are looked after with the first result, and then with every hundredth. */
const evictedEvery = 100

/** The book of one engine. */
export class MemoBook {
  readonly #bounds: CacheBounds
  readonly #uses = new Map<string, { at: number; count: number }>()
  /** Those whose files are kept already. */
  readonly #codes = new Set<string>()
  #remembered = 0

  constructor({ bytes, entries }: CacheBounds) {
    // What is endless is so large that it is never reached, and still a number in JSON.
    const most = Number.MAX_SAFE_INTEGER
    this.#bounds = { entries: Math.min(entries, most), bytes: Math.min(bytes, most) }
  }

  /** The writes that go with the use of a result. */
  used({ cache, key }: MemoRow, at: number): ReadonlyArray<Write> {
    const id = JSON.stringify([cache, key])
    const known = this.#uses.get(id)
    if (known !== undefined && at - known.at < usesEvery) {
      known.count++
      return []
    }
    this.#uses.delete(id)
    this.#uses.set(id, { at, count: 0 })
    if (this.#uses.size > 10_000) this.#uses.delete(this.#uses.keys().next().value!)
    return [{ kind: "memoUsed", cache, key, at, uses: 1 + (known?.count ?? 0) }]
  }

  /** The writes that keep the files of a code, so that later it can be told what changed. */
  code({ digest, files, unseen }: Code): ReadonlyArray<Write> {
    if (this.#codes.has(digest)) return []
    this.#codes.add(digest)
    return [{ kind: "definition", digest: codeKey(digest), text: JSON.stringify({ files, unseen }) }]
  }

  /** The writes that remember a result. */
  remembered(row: MemoRow, readers: ReadonlyArray<string>): ReadonlyArray<Write> {
    const write: Write = readers.length === 0 ? { kind: "memo", row } : { kind: "memo", row, readers }
    return this.#remembered++ % evictedEvery === 0 ? [write, { kind: "evict", ...this.#bounds }] : [write]
  }
}
