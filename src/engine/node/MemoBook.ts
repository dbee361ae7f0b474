/**
 * How this engine uses remembered results: what has to be written of it, and how rarely that is enough.
 *
 * Owns: uses that are not written yet, and the text of each code for as long as who read it remembers it. Does not own:
 * the results.
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

/** What a result was made by, and how long it is reused, in milliseconds. */
interface Made {
  readonly code?: Code | undefined
  readonly ttl?: number | undefined
}

/** Uses of one result are written once a minute at most: each writes its row anew. */
const usesEvery = 60_000

/** Bounds are looked after with the first result, and then with every hundredth. */
const evictedEvery = 100

/** The book of one engine. */
export class MemoBook {
  readonly #bounds: CacheBounds
  readonly #uses = new Map<string, { at: number; count: number }>()
  /** What is kept of codes. */
  readonly #codes = new WeakMap<Code, string>()
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
  code(code: Code): ReadonlyArray<Write> {
    return this.#codes.has(code) ? [] : [{ kind: "definition", ...this.#kept(code) }]
  }

  /** What is kept of a code, under its key. */
  #kept(code: Code): { readonly digest: string; readonly text: string } {
    const text = this.#codes.get(code) ?? JSON.stringify({ files: code.files, unseen: code.unseen })
    this.#codes.set(code, text)
    return { digest: codeKey(code.digest), text }
  }

  /** The writes that remember a result. What tells of its code comes along: it may have gone with an older one. */
  remembered(row: MemoRow, readers: ReadonlyArray<string>, { code, ttl = Infinity }: Made = {}): ReadonlyArray<Write> {
    const write: Write = {
      kind: "memo",
      row,
      ...readers.length === 0 ? {} : { readers },
      ...code === undefined ? {} : { code: this.#kept(code) },
      ...Number.isFinite(ttl) ? { ttl } : {}
    }
    return this.#remembered++ % evictedEvery === 0 ? [write, { kind: "evict", ...this.#bounds }] : [write]
  }
}
