/** Moves of attempts between cells: each is refused when somebody else was faster. */
import * as Effect from "effect/Effect"
import type { JournalShape, Write } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"

/** The write that replaces a cell. */
export const cell = (space: string, key: string, was: string | null, data: string | null): Write => ({
  kind: "cell",
  space,
  key,
  was,
  data
})

/** Whether all of it was as the writes say, and is now as they want. */
export const moved = (journal: JournalShape, writes: ReadonlyArray<Write>): Effect.Effect<boolean, JournalError> =>
  Effect.callback((resume) => {
    journal.append(writes, (error) => {
      if (error === undefined) return resume(Effect.succeed(true))
      resume(error.reason === "Stale" ? Effect.succeed(false) : Effect.fail(error))
    })
  })
