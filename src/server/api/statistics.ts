/** How the last runs of a workflow went. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { RunView } from "../../run/view.ts"

/** How many runs are looked at, and how many are told one by one. */
const many = 100
const told = 20

/** How they went: durations of those that succeeded, in milliseconds. */
export interface Statistics {
  /** Of how many runs: the latest 100. */
  readonly of: number
  readonly succeeded: number
  readonly failed: number
  readonly open: number
  readonly p50?: number
  readonly p95?: number
  /** The latest, the newest first. */
  readonly runs: ReadonlyArray<Pick<RunView, "createdAt" | "finishedAt" | "id" | "phase" | "startedAt">>
}

/** Reads them. */
export const statisticsOf = async (pinnace: Pinnace, workflow: string): Promise<Statistics> =>
  statistics(await pinnace.list({ workflow, limit: many }))

/** The same of runs, the newest first. Pure. */
export const statistics = (runs: ReadonlyArray<RunView>): Statistics => {
  const good = runs.filter(({ phase }) => phase === "Succeeded")
  const took = good.flatMap(({ finishedAt, startedAt }) =>
    finishedAt === undefined || startedAt === undefined ? [] : [finishedAt - startedAt]
  ).toSorted((a, b) => a - b)
  const at = (share: number): number => took[Math.min(took.length - 1, Math.ceil(took.length * share) - 1)]!
  const ended = runs.filter(({ phase }) => isTerminal(phase))
  return {
    of: runs.length,
    succeeded: good.length,
    failed: ended.length - good.length,
    open: runs.length - ended.length,
    ...(took.length === 0 ? {} : { p50: at(.5), p95: at(.95) }),
    runs: runs.slice(0, told).map(({ createdAt, finishedAt, id, phase, startedAt }) => ({
      createdAt,
      id,
      phase,
      ...(startedAt === undefined ? {} : { startedAt }),
      ...(finishedAt === undefined ? {} : { finishedAt })
    }))
  }
}
