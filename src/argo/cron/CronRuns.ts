/**
 * What the runs of a CronWorkflow tell of it: when it was last due, which are open, how many have ended. Pure.
 *
 * There is no other record. Each run carries, as labels, the instant it was due and what had been counted before, so
 * that old runs can be deleted; the newest is kept. Its id is the name and that instant, so that two processes can
 * never both start it.
 */
import { isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import type { Retention } from "../../workflow/Retention.ts"
import type { CronWorkflow } from "./CronWorkflow.ts"

/** Argo's label with the name of the CronWorkflow. */
export const cronLabel = "workflows.argoproj.io/cron-workflow"

/** The label with the mark of a run, as JSON. */
const markLabel = "pinnace/cron"

/** What a run says of its CronWorkflow. Instants are milliseconds since the epoch. */
export interface Mark {
  /** When it was due. */
  readonly due: number
  /** When the counts were made: runs that ended later are not in them. */
  readonly at: number
  readonly succeeded: number
  readonly failed: number
  /** The schedules at that time. */
  readonly schedule: string
}

/** What is known of a CronWorkflow. */
export interface CronRuns {
  /** The mark of the newest run. */
  readonly last: Mark | undefined
  readonly open: ReadonlyArray<RunRow>
  readonly ended: ReadonlyArray<RunRow>
  readonly succeeded: number
  readonly failed: number
}

/** The id of the run that is due at an instant. */
export const idOf = (name: string, due: number): string => `${name}-${Math.floor(due / 1_000)}`

/** The labels of that run. */
export const labelsOf = (
  cron: CronWorkflow,
  due: number,
  at: number,
  runs: Pick<CronRuns, "failed" | "succeeded">
): Readonly<Record<string, string>> => {
  const { failed, succeeded } = runs
  const mark: Mark = { due, at, succeeded, failed, schedule: cron.scheduleText }
  return { [cronLabel]: cron.name, [markLabel]: JSON.stringify(mark) }
}

/** The mark of a run, if a CronWorkflow started it. */
export const markOf = ({ labels }: Pick<RunRow, "labels">): Mark | undefined => {
  const text = labels[markLabel]
  return text === undefined ? undefined : JSON.parse(text) as Mark
}

/** Reads the runs of one CronWorkflow, given in any order. */
export const readRuns = (rows: ReadonlyArray<RunRow>): CronRuns => {
  const marked = rows.flatMap((row) => {
    const mark = markOf(row)
    // What was submitted again from such a run has its labels, but was not due.
    const isOwn = mark !== undefined && row.id === idOf(row.labels[cronLabel] ?? "", mark.due)
    return isOwn ? [{ row, mark }] : []
  })
  const last = marked.map(({ mark }) => mark).reduce<Mark | undefined>(
    (best, it) => best === undefined || it.due > best.due ? it : best,
    undefined
  )
  const ended = marked.map(({ row }) => row).filter(({ phase }) => isTerminal(phase))
  // The newest run itself was not there when the counts were made, even if it ended in the same millisecond.
  const since = marked.filter(({ mark, row }) => isTerminal(row.phase) && (row.finishedAt > last!.at || mark === last))
    .map(({ row }) => row)
  const good = since.filter(({ phase }) => phase === "Succeeded").length
  return {
    last,
    open: marked.map(({ row }) => row).filter(({ phase }) => !isTerminal(phase)),
    ended,
    succeeded: (last?.succeeded ?? 0) + good,
    failed: (last?.failed ?? 0) + since.length - good
  }
}

/**
 * Ended runs that are beyond the limits or their time to live; never the newest, nor one that has not been counted yet.
 */
export const surplus = (
  { keep }: CronWorkflow,
  { ended, last }: CronRuns,
  ttl: Retention | undefined,
  now: number
): ReadonlyArray<RunRow> => {
  const newestFirst = ended.toSorted((a, b) => b.finishedAt - a.finishedAt)
  const good = newestFirst.filter(({ phase }) => phase === "Succeeded")
  const bad = newestFirst.filter(({ phase }) => phase !== "Succeeded")
  const isOld = ({ finishedAt }: RunRow, millis = Infinity): boolean => finishedAt + millis <= now
  const gone = [
    ...good.filter((row, at) => at >= keep.succeeded || isOld(row, ttl?.success)),
    ...bad.filter((row, at) => at >= keep.failed || isOld(row, ttl?.failure))
  ]
  return gone.filter((row) => row.finishedAt <= last!.at && markOf(row)!.due !== last!.due)
}
