/** How the last runs of a workflow went. */
import * as Effect from "effect/Effect"
import type { Pinnace } from "../../embed/Pinnace.ts"
import { isFailure, isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import type { RunView } from "../../run/view.ts"
import { sourceOf } from "../../view/RunSource.ts"

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

/** Runs of one definition, as it was at some time. */
export interface Version {
  readonly digest: string
  /** How many of the latest runs have it. */
  readonly runs: number
  readonly succeeded: number
  readonly failed: number
  /** When the first and the last of these were created. */
  readonly first: number
  readonly last: number
  /** The last of them. */
  readonly run: string
}

/** How the last runs of a workflow went, and which definitions they have. */
export const historyOf = async (pinnace: Pinnace, workflow: string) => ({
  workflow,
  statistics: await statisticsOf(pinnace, workflow),
  versions: versions(await Effect.runPromise(sourceOf(pinnace.engine).listRuns({ workflow, limit: many })))
})

/** The definitions of runs, the newest first as they are. Pure. */
export const versions = (
  rows: ReadonlyArray<Pick<RunRow, "createdAt" | "definition" | "digest" | "id" | "phase">>
): ReadonlyArray<Version> =>
  [...Map.groupBy(rows, ({ definition, digest }) => definition ?? digest)].map(([digest, all]) => ({
    digest,
    runs: all.length,
    succeeded: all.filter(({ phase }) => phase === "Succeeded").length,
    failed: all.filter(({ phase }) => isFailure(phase)).length,
    first: all.at(-1)!.createdAt,
    last: all[0]!.createdAt,
    run: all[0]!.id
  }))

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
