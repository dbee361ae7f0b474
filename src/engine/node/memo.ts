/** Results that nodes of any run may reuse; what they are is the business of who remembers them. */
import * as Effect from "effect/Effect"
import type { MemoRow, Write } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { isReadable } from "../../run/ArtifactRow.ts"
import { handlesIn } from "../../run/handles.ts"
import type { LiveNode } from "../Live.ts"

/** Has a value remembered under a key of a cache, with the end of the node if that succeeds. */
export const remember = (live: LiveNode, cache: string, key: string, value: string, ttl = Infinity): void => {
  const { host, ledger } = live.run
  const where = { runId: ledger.row.id, path: live.path }
  live.memo = { row: { cache, key, value, createdAt: host.now(), ...where, parts: "[]", millis: 0 }, ttl }
}

/** What is remembered; nothing when it holds handles of artifacts that are gone. */
export const remembered = (
  live: LiveNode,
  cache: string,
  key: string
): Effect.Effect<MemoRow | undefined, JournalError> =>
  // Composites begin before what ended before them is durable.
  Effect.andThen(live.run.host.journal.drained, rememberedDurably(live, cache, key))

/** The same of what is durable. */
export const rememberedDurably = (
  { run: { host } }: LiveNode,
  cache: string,
  key: string
): Effect.Effect<MemoRow | undefined, JournalError> =>
  Effect.gen(function* () {
    const { reads } = host.journal
    const row = yield* reads.memo(cache, key)
    for (const artifact of row === undefined ? [] : handlesIn(row.value)) {
      const saved = yield* reads.artifacts.get(artifact)
      if (saved === undefined || !isReadable(saved)) return undefined
    }
    return row
  })

/** What is written with the end of a node that succeeded. */
export const memoWrites = ({ memo, run }: LiveNode): ReadonlyArray<Write> =>
  memo === undefined ? [] : run.host.memos.remembered(memo.row, handlesIn(memo.row.value), { ttl: memo.ttl })
