/** What becomes of the runs that nodes of a run started, when that run ends. */
import * as Effect from "effect/Effect"
import { parentLabel, policyOf } from "../../run/childRun.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import type { Host, LiveRun } from "../Live.ts"
import type { Runs, RunsError } from "./Runs.ts"

/** Ends those that are to end with it, and waits for them: they end before it does. */
export const endChildRuns = (live: LiveRun): Effect.Effect<void> =>
  Effect.suspend(() => isConcerned(live) ? ended(live.host.runs(), live.ledger.row.id) : Effect.void)

/** The same for a run that is terminated: it waits for none of their ends. */
export const cutChildRuns = (live: LiveRun): Effect.Effect<void> =>
  Effect.suspend(() => isConcerned(live) ? cutRunsOf(live.host, live.ledger.row.id) : Effect.void)

/** Tells runs that are to end with a run; also where that is ended without being executed. */
export const cutRunsOf = (host: Pick<Host, "context" | "runs">, id: string): Effect.Effect<void> => {
  const runs = host.runs()
  const told = (open: ReadonlyArray<RunRow>) =>
    Effect.sync(() => void Effect.runForkWith(host.context)(eachEnded(runs, open, false)))
  return Effect.catch(Effect.flatMap(runs.openOf(id), told), () => Effect.void)
}

/**
 * Ends a run that is to end with another, when that one was over before it could tell: it was terminated while this one
 * was being created, or its process died before it had told. A retry was asked for since, so it goes on.
 */
export const endOrphan = ({ host, ledger: { row } }: LiveRun): void => {
  const parent = row.labels[parentLabel]
  if (parent === undefined || row.epoch > 1) return
  const policy = policyOf(row.labels)
  if (policy === "leave") return
  const runs = host.runs()
  const end = (found: RunRow | undefined) =>
    found !== undefined && (isTerminal(found.phase) || found.stopping === "terminate")
      ? runs.end(row.id, policy)
      : Effect.void
  Effect.runForkWith(host.context)(Effect.ignore(Effect.flatMap(runs.find(parent), end)))
}

const isConcerned = ({ abandoned, ledger }: LiveRun): boolean => ledger.startsRuns && !abandoned

const ended = (runs: Runs<LiveRun>, id: string): Effect.Effect<void> =>
  Effect.catch(Effect.flatMap(runs.openOf(id), (open) => eachEnded(runs, open, true)), gone)

/** Each by itself: that one is gone keeps the others from nothing. */
const eachEnded = (runs: Runs<LiveRun>, open: ReadonlyArray<RunRow>, waits: boolean): Effect.Effect<void> => {
  const end = (row: RunRow): Effect.Effect<unknown> => {
    const policy = policyOf(row.labels)
    if (policy === "leave") return Effect.void
    const told = runs.end(row.id, policy)
    return Effect.catch(waits ? Effect.andThen(told, runs.ending(row)) : told, gone)
  }
  return Effect.forEach(open, end, { concurrency: "unbounded", discard: true })
}

/** What was deleted has ended; an engine that closes, or whose storage is gone, records no end anyway. */
const gone = (error: RunsError): Effect.Effect<void> =>
  error._tag === "EngineClosed" || error._tag === "JournalError" ? Effect.never : Effect.void
