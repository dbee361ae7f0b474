/** Where views come from: what can be read of one state file. */
import type { Engine } from "../engine/Engine.ts"
import { payAttention } from "../engine/observe/whenChanged.ts"
import type { Reads } from "../journal/Journal.ts"

type Asked =
  | "countLogs"
  | "definition"
  | "events"
  | "eventsAt"
  | "eventsOf"
  | "findRun"
  | "getRun"
  | "isAlive"
  | "lastSeq"
  | "listRuns"
  | "logs"
  | "logsAfter"
  | "node"
  | "nodes"
  | "plan"

/** Answers what views ask; each answer may come later. */
export interface RunSource extends Pick<Reads, Asked> {
  readonly now: () => number
  /** The process that asks, by its number in the state file; 0 for one that executes nothing. */
  readonly process: number
  /** Calls back after each change of a run, from whatever process, until the returned function is called. */
  readonly watch: (run: number, changed: () => void) => () => void
  /** Calls back with the runs that a commit touched, or with none when another process wrote. */
  readonly watchAll: (heard: (runs: ReadonlyArray<number>) => void) => () => void
  readonly artifact: Reads["artifacts"]["get"]
  /** What one node has saved. */
  readonly artifactsOf: (run: number, path: string) => ReturnType<Reads["artifacts"]["list"]>
}

/** What an engine reads for views. */
export const sourceOf = (engine: Engine): RunSource => {
  const { journal, now } = engine.host
  return {
    ...journal.reads,
    now,
    process: journal.process,
    watch: (run, changed) => payAttention(engine, run, changed).end,
    watchAll: (heard) => {
      const unwatch = journal.watch()
      const unsubscribe = journal.subscribe((notice) => {
        if (notice.type === "committed") heard([...notice.runs])
        else if (notice.type === "foreign") heard([])
      })
      return () => {
        unsubscribe()
        unwatch()
      }
    },
    artifact: journal.reads.artifacts.get,
    artifactsOf: (run, path) => journal.reads.artifacts.list({ run, path, limit: Infinity })
  }
}
