/** Moves of attempts between cells: each is refused when somebody else was faster. */
import * as Effect from "effect/Effect"
import type { JournalShape, Write } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { spaces } from "../../run/placement.ts"

/** The write that replaces a cell. */
export const cell = (space: string, key: string, was: string | null, data: string | null): Write => ({
  kind: "cell",
  space,
  key,
  was,
  data
})

/** What can be written to, and who hears when it fails for good. */
export interface Ground {
  readonly journal: JournalShape
  readonly onLost: (error: JournalError) => void
}

/** Writes a cell without waiting for it; whoever was faster may have changed it. */
export const put = ({ journal, onLost }: Ground, write: Write, done: () => void = () => {}): void =>
  journal.append([write], (error) => {
    if (error !== undefined && error.reason !== "Closed") onLost(error)
    done()
  })

/** Whether all of it was as the writes say, and is now as they want. */
export const moved = (journal: JournalShape, writes: ReadonlyArray<Write>): Effect.Effect<boolean, JournalError> =>
  Effect.callback((resume) => {
    journal.append(writes, (error) => {
      if (error === undefined) return resume(Effect.succeed(true))
      resume(error.reason === "Stale" ? Effect.succeed(false) : Effect.fail(error))
    })
  })

/** What workers and owners have told each other of an attempt. */
export const words: ReadonlyArray<string> = [spaces.ended, spaces.stops, spaces.notes]

/** Removes what was told of an attempt that no worker has and nobody waits for. */
export const removed = (journal: JournalShape, key: string): Effect.Effect<void, JournalError> =>
  Effect.gen(function* () {
    for (const space of words) {
      const word = yield* journal.reads.cell(space, key)
      if (word !== undefined) yield* moved(journal, [cell(space, key, word.data, null)])
    }
  })
