/**
 * Rows of the state file behind what the library tells of runs,
 * for what only tools need: keys, numbers of events, digests.
 */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { list, type RunFilter } from "../../engine/observe/list.ts"
import { type NodeRecord, nodes } from "../../engine/observe/observe.ts"
import type { LogLine } from "../../journal/Journal.ts"
import type { RunRow } from "../../run/State.ts"

/** The row of a run. */
export const rowOf = ({ engine }: Pinnace, { id }: Pick<RunHandle, "id">): RunRow => engine.host.journal.findRun(id)!

/** The rows of runs. */
export const rowsOf = ({ engine }: Pinnace, filter: RunFilter): ReadonlyArray<RunRow> => list(engine, filter)

/** The rows of a run's nodes, with their values when they are asked for. */
export const nodeRowsOf = (pinnace: Pinnace, run: RunHandle, values = false): ReadonlyArray<NodeRecord> =>
  nodes(pinnace.engine, rowOf(pinnace, run).key, { values })

/** The lines of a run's log, or of one node. */
export const linesOf = (pinnace: Pinnace, run: RunHandle, node?: string): ReadonlyArray<LogLine> =>
  pinnace.engine.host.journal.logs(rowOf(pinnace, run).key, node)
