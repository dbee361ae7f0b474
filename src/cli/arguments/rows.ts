/**
 * Rows of the state file behind what the library tells of runs,
 * for what only tools need: keys, numbers of events, digests.
 */
import * as Effect from "effect/Effect"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { list, type RunFilter } from "../../engine/observe/list.ts"
import type { LogLine } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import type { RunRow } from "../../run/State.ts"
import { type RunSource, sourceOf } from "../../view/RunSource.ts"
import type { RunView } from "../../view/RunView.ts"
import { readRun } from "../../view/readRun.ts"

/** The row of a run. */
export const rowOf = ({ engine }: Pinnace, { id }: Pick<RunHandle, "id">): RunRow => engine.host.journal.findRun(id)!

/** The rows of runs. */
export const rowsOf = ({ engine }: Pinnace, filter: RunFilter): ReadonlyArray<RunRow> => list(engine, filter)

/** The lines of a run's log, or of one node. */
export const linesOf = (pinnace: Pinnace, run: RunHandle, node?: string): ReadonlyArray<LogLine> =>
  pinnace.engine.host.journal.logs(rowOf(pinnace, run).key, node)

/** What a view tells of the state file. */
export const look = <A>({ engine }: Pinnace, view: (source: RunSource) => Effect.Effect<A, JournalError>): Promise<A> =>
  Effect.runPromise(view(sourceOf(engine)))

/** The run as it is shown. */
export const viewOf = async (pinnace: Pinnace, { id }: Pick<RunHandle, "id">): Promise<RunView> =>
  (await look(pinnace, (source) => readRun(source, id)))!
