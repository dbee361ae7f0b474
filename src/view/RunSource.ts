/** Where views come from: what can be read of one state file. */
import type { Reads } from "../journal/Journal.ts"
import type { Engine } from "../engine/Engine.ts"

/** Answers what views ask; each answer may come later. */
export interface RunSource
  extends
    Pick<Reads, "events" | "findRun" | "getRun" | "isAlive" | "lastSeq" | "listRuns" | "logs" | "nodes" | "plan"> {
  readonly now: () => number
  /** The process that asks, by its number in the state file; 0 for one that executes nothing. */
  readonly process: number
}

/** What an engine reads for views. */
export const sourceOf = ({ host: { journal, now } }: Engine): RunSource => ({
  ...journal.reads,
  now,
  process: journal.process
})
