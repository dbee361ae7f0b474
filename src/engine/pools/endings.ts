/** What a worker reads of the run whose body it runs, beyond what it was told. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Ending } from "../../run/Event.ts"
import type { LiveNode } from "../Live.ts"

/** How nodes of the run ended, in this order, by its record; `undefined` where one has not. */
export const endingsOf = (
  { run: { host: { journal: { reads } }, ledger: { row: { key } } } }: LiveNode,
  paths: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<Ending | undefined>, JournalError> =>
  Effect.gen(function* () {
    if (paths.length === 0) return []
    const rows = yield* Effect.forEach(paths, (path) => reads.node(key, path))
    const seqs = rows.map((row) => row?.resultSeq ?? 0)
    const events = new Map((yield* reads.eventsAt(key, seqs)).map(({ event, seq }) => [seq, event]))
    return seqs.map((seq) => {
      const event = events.get(seq)
      return event?.type === "NodeFinished" ? event.ending : undefined
    })
  })
