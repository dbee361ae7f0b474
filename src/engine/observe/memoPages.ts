/** All that is remembered, in pages: between two of them the process does what else it has to. */
import * as Effect from "effect/Effect"
import type { MemoSummary } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Engine } from "../Engine.ts"

/** As many are read in a turn. */
const pageSize = 1_000

/** Hands over all results of a cache, or of all, in the order of cache and key. */
export const eachMemo = (
  { host: { journal: { reads } } }: Engine,
  filter: { readonly cache?: string },
  see: (row: MemoSummary) => void
): Effect.Effect<void, JournalError> =>
  Effect.gen(function* () {
    let beyond: readonly [cache: string, key: string] = [filter.cache ?? "", ""]
    for (;;) {
      const rows = yield* reads.memos({ ...filter, beyond, limit: pageSize })
      rows.forEach(see)
      const last = rows.at(-1)
      if (last === undefined || rows.length < pageSize) return
      beyond = [last.cache, last.key]
      yield* Effect.yieldNow
    }
  })
