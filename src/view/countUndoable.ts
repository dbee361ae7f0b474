/** How many nodes of a run say how they are undone, which their beginnings tell. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../journal/JournalError.ts"
import type { RunSource } from "./RunSource.ts"

/** Events that are read at once. */
const most = 10_000

/** The nodes that began and say it; `undefined` when there is no run of this id. */
export const countUndoable = (source: RunSource, id: string): Effect.Effect<number | undefined, JournalError> =>
  Effect.gen(function* () {
    const run = yield* source.findRun(id)
    if (run === undefined) return undefined
    const paths = new Set<string>()
    for (let after = 0, isMore = run.kind !== "manifest"; isMore; after += most) {
      const events = yield* source.events(run.key, after, most)
      for (const { event } of events) if (event.type === "NodeStarted" && event.undo === true) paths.add(event.path)
      isMore = events.length === most
    }
    return paths.size
  })
