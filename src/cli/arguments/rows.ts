/**
 * Rows of the state file behind what the library tells of runs,
 * for what only tools need: keys, numbers of events, digests.
 */
import * as Effect from "effect/Effect"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { list, type RunFilter } from "../../engine/observe/list.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import type { RunRow } from "../../run/State.ts"
import { type RunSource, sourceOf } from "../../view/RunSource.ts"
import type { RunView } from "../../view/RunView.ts"
import { isExecuted } from "../../view/runHead.ts"
import { readRun } from "../../view/readRun.ts"

/** The rows of runs. */
export const rowsOf = ({ engine }: Pinnace, filter: RunFilter): Promise<ReadonlyArray<RunRow>> =>
  Effect.runPromise(list(engine, filter))

/** What a view tells of the state file. */
export const look = <A>({ engine }: Pinnace, view: (source: RunSource) => Effect.Effect<A, JournalError>): Promise<A> =>
  Effect.runPromise(view(sourceOf(engine)))

/** The run as it is shown. */
export const viewOf = async (pinnace: Pinnace, { id }: Pick<RunHandle, "id">): Promise<RunView> =>
  (await look(pinnace, (source) => readRun(source, id)))!

/** Where a run stands: its row, the number of its last event, and whether a living process executes it. */
export interface Stand {
  readonly row: RunRow
  readonly seq: number
  readonly executed: boolean
}

/** Where a run that is there stands. */
export const standOf = (pinnace: Pinnace, { id }: Pick<RunHandle, "id">): Promise<Stand> =>
  look(pinnace, (source) =>
    Effect.gen(function* () {
      const row = (yield* source.findRun(id))!
      return { row, seq: yield* source.lastSeq(row.key), executed: yield* isExecuted(source, row) }
    }))
