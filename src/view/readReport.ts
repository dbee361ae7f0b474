/** What is told at the end of a run besides its tree: its log, and what became of the attempts of what failed. */
import * as Effect from "effect/Effect"
import type { LogLine } from "../journal/Journal.ts"
import type { JournalError } from "../journal/JournalError.ts"
import { isFailure } from "../run/Phase.ts"
import { type FailedAttempt, failedAttempts } from "./attemptsOf.ts"
import { plannedIn } from "./readTimeline.ts"
import type { Vertex } from "./edges.ts"
import type { RunSource } from "./RunSource.ts"

/** What was said in a run. */
export interface RunReport {
  readonly lines: ReadonlyArray<LogLine>
  /** The instant of the first event after the one that was asked about; 0 for all. */
  readonly since: number
  /** The failed attempts of a node of a run that failed. */
  readonly attempts: (path: string) => ReadonlyArray<FailedAttempt>
  /** What depends on what by the plan of a typed run. */
  readonly planned: ReadonlyArray<Vertex>
}

/** The report of a run; `after` is the number of an event from which on it is of interest. */
export const readReport = (source: RunSource, id: string, after: number): Effect.Effect<RunReport, JournalError> =>
  Effect.gen(function* () {
    const row = yield* source.findRun(id)
    if (row === undefined) return { lines: [], since: 0, attempts: () => [], planned: [] }
    const [first] = after === 0 ? [] : yield* source.events(row.key, after, 1)
    const events = isFailure(row.phase) ? yield* source.events(row.key, 0) : []
    return {
      lines: yield* source.logs(row.key),
      since: first?.at ?? 0,
      attempts: (path) => failedAttempts(events, path),
      planned: yield* plannedIn(source, row)
    }
  })
