/** How the last runs of a workflow went, and which definitions they had. Pure. */
import { isFailure, isTerminal } from "../run/Phase.ts"
import type { RunRow } from "../run/State.ts"
import type { RunView } from "../run/view.ts"

/** How many of the latest runs are told one by one. */
const told = 20

/** A run, as far as statistics tell of it. */
export type Told = Pick<RunView, "createdAt" | "finishedAt" | "id" | "phase" | "startedAt">

/** How they went: durations of those that succeeded, in milliseconds. */
export interface Statistics {
  /** Of how many runs, the latest. */
  readonly of: number
  readonly succeeded: number
  readonly failed: number
  readonly open: number
  readonly p50?: number
  readonly p95?: number
  /** The latest, the newest first. */
  readonly runs: ReadonlyArray<Told>
}

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

/** How one workflow went, and which definitions it had. */
export interface History {
  readonly workflow: string
  readonly statistics: Statistics
  readonly versions: ReadonlyArray<Version>
  /** What else is known of the same workflow, such as `order@1`. */
  readonly others: ReadonlyArray<string>
}

/** The share of ended runs that succeeded, in percent; none have ended: nothing. */
export const successRate = ({ failed, succeeded }: Statistics): number | undefined =>
  succeeded + failed === 0 ? undefined : Math.floor(succeeded / (succeeded + failed) * 100)

/** The definitions of runs, the newest first as they are. */
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

/** How runs went, the newest first. */
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
