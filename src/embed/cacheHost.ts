/** How an engine reuses results: whether, how many it keeps, and what reads the code behind tasks. */
import type { Host } from "../engine/Live.ts"
import { MemoBook } from "../engine/node/MemoBook.ts"
import { noShelf, type Shelf } from "../reuse/Code.ts"
import type { CacheMode } from "../run/cacheMode.ts"

/** How an engine reuses results. */
export interface EngineCache {
  /** For runs that do not say; default `"use"`. */
  readonly default?: CacheMode
  /** How many results are kept, the least recently used go first; default 100,000. */
  readonly maxEntries?: number
  /** How many bytes of results are kept, artifacts apart; default 1 GiB. */
  readonly maxBytes?: number
}

/** Puts it together; what reads code is loaded when it is first needed. */
export const cacheHost = (
  { default: cacheMode = "use", maxBytes: bytes = 2 ** 30, maxEntries: entries = 100_000 }: EngineCache = {}
): Pick<Host, "cacheMode" | "code" | "memos"> => ({
  cacheMode,
  memos: new MemoBook({ entries, bytes }),
  code: codeOnce(() => Promise.resolve(noShelf))
})

/** What reads code, with what earlier processes have read of its files; loaded when it is first needed. */
export const codeOnce = (shelf: () => Promise<Shelf>): Host["code"] => {
  let reader: ReturnType<Host["code"]> | undefined
  return () =>
    reader ??= Promise.all([import("../sources/CodeGraph.ts"), shelf()]).then(([{ makeCodeReader }, it]) =>
      makeCodeReader({ shelf: it })
    )
}
