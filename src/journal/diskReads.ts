/** What is read of one run on the disk of an in-memory journal. */
import type { Recorded } from "../run/Event.ts"
import { isBeneath } from "../run/path.ts"
import { isLineMeant, type LineChoice } from "../run/select/lineChoice.ts"
import type { NodeRow } from "../run/State.ts"
import type { Disk } from "./Disk.ts"
import type { PlacedLine, ReadsNow } from "./Reads.ts"
import { recorded } from "./stored.ts"

/** Nodes of one run, in the order of their paths. */
export const nodesOf = (disk: Disk, run: number): ReadonlyArray<NodeRow> =>
  [...disk.nodes.get(run)?.values() ?? []].sort((a, b) => (a.path < b.path ? -1 : 1))

/** A node and those beneath it. */
export const nodesWithin = (disk: Disk, run: number, path: string): ReadonlyArray<NodeRow> =>
  nodesOf(disk, run).filter((row) => row.path === path || isBeneath(row.path, path))

/** Events of one node with `first <= seq <= last`, ascending. */
export const eventsOf = (
  disk: Disk,
  run: number,
  path: string,
  first: number,
  last: number
): ReadonlyArray<Recorded> =>
  readEvents(disk, run, first - 1).filter(({ event, seq }) => seq <= last && "path" in event && event.path === path)

/** Events of one run with `seq > after`, ascending. */
export const readEvents = (disk: Disk, run: number, after: number, limit = Infinity): ReadonlyArray<Recorded> => {
  const id = disk.runs.get(run)?.id ?? ""
  return [...disk.events.get(run)?.values() ?? []]
    .filter((row) => row.seq > after)
    .sort((a, b) => a.seq - b.seq)
    .slice(0, limit)
    .map((row) => recorded(id, row))
}

const linesOf = (disk: Disk, run: number, choice: LineChoice): ReadonlyArray<PlacedLine> =>
  (disk.logs.get(run) ?? []).flatMap((line, at) => isLineMeant(line, choice) ? [{ ...line, id: at + 1 }] : [])

/** What is read of logs. */
export const logReadsOf = (disk: () => Disk): Pick<ReadsNow, "countLogs" | "logs" | "logsAfter"> => ({
  logs: (run, choice = {}, limit = Infinity) => {
    const lines = linesOf(disk(), run, choice).map(({ id: _, ...line }) => line)
    return lines.slice(Math.max(0, lines.length - limit))
  },
  logsAfter: (run, after, { limit = Infinity, skip = 0, ...choice } = {}) =>
    linesOf(disk(), run, choice).filter(({ id }) => id > after).slice(skip, skip + limit),
  countLogs: (run, choice = {}) => linesOf(disk(), run, choice).length
})
