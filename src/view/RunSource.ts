/** Where views come from: what can be read of one state file. */
import type { Engine } from "../engine/Engine.ts"
import { payAttention } from "../engine/observe/whenChanged.ts"
import type { Reads } from "../journal/Journal.ts"

type Asked =
  | "events"
  | "eventsAt"
  | "findRun"
  | "getRun"
  | "isAlive"
  | "lastSeq"
  | "listRuns"
  | "logs"
  | "logsAfter"
  | "nodes"
  | "plan"

/** Answers what views ask; each answer may come later. */
export interface RunSource extends Pick<Reads, Asked> {
  readonly now: () => number
  /** The process that asks, by its number in the state file; 0 for one that executes nothing. */
  readonly process: number
  /** Calls back after each change of a run, from whatever process, until the returned function is called. */
  readonly watch: (run: number, changed: () => void) => () => void
}

/** What an engine reads for views. */
export const sourceOf = (engine: Engine): RunSource => {
  const { journal, now } = engine.host
  return {
    ...journal.reads,
    now,
    process: journal.process,
    watch: (run, changed) => payAttention(engine, run, changed).end
  }
}
