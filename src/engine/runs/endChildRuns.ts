/** What becomes of the runs that nodes of a run started, when that run ends. */
import * as Effect from "effect/Effect"
import { policyOf } from "../../run/childRun.ts"
import type { RunRow } from "../../run/State.ts"
import type { LiveRun } from "../Live.ts"
import type { Runs, RunsError } from "./Runs.ts"

/** Ends those that are to end with it, and waits for them: they end before it does. */
export const endChildRuns = (live: LiveRun): Effect.Effect<void> =>
  Effect.suspend(() => isConcerned(live) ? ended(live.host.runs(), live.ledger.row.id, true) : Effect.void)

/** The same for a run that is terminated: it waits for nothing. */
export const cutChildRuns = (live: LiveRun): void => {
  if (isConcerned(live)) Effect.runForkWith(live.host.context)(ended(live.host.runs(), live.ledger.row.id, false))
}

const isConcerned = ({ abandoned, ledger }: LiveRun): boolean => ledger.startsRuns && !abandoned

const ended = (runs: Runs<LiveRun>, id: string, waits: boolean): Effect.Effect<void> => {
  const end = (row: RunRow): Effect.Effect<unknown, RunsError> => {
    const policy = policyOf(row.labels)
    if (policy === "leave") return Effect.void
    const told = runs.end(row.id, policy)
    return waits ? Effect.andThen(told, runs.ending(row)) : told
  }
  const all = Effect.flatMap(
    runs.openOf(id),
    (open) => Effect.forEach(open, end, { concurrency: "unbounded", discard: true })
  )
  return Effect.catch(all, (error: RunsError) => gone(error))
}

/** What was deleted has ended; an engine that closes, or whose storage is gone, records no end anyway. */
const gone = (error: RunsError): Effect.Effect<void> =>
  error._tag === "EngineClosed" || error._tag === "JournalError" ? Effect.never : Effect.void
