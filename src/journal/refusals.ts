/** What every journal says when it refuses, whatever it stores its rows in. */
import { JournalError } from "./JournalError.ts"

/** The run a new one wants to be exists. */
export const existsError = (id: string): JournalError =>
  new JournalError({
    reason: "Exists",
    message: `Cannot create run "${id}": a run with this id exists. Choose another id, or use the run that is there.`
  })

/** A cell holds something else than the writer knows. */
export const staleError = (space: string, key: string): JournalError =>
  new JournalError({
    reason: "Stale",
    message: `Cannot write cell "${key}" of "${space}": it was changed meanwhile. Read it again, and decide anew.`
  })

/** Two executions wrote the same event. */
export const conflictError = (run: number, seq: number): JournalError =>
  new JournalError({
    reason: "Conflict",
    message:
      `Cannot write event ${seq} of run ${run}: it is written already, so two executions of this run are at work. ` +
      "Nothing of this append was stored; the other execution goes on."
  })

/** Storage has no form for a value. */
export const invalidError = (what: string): JournalError =>
  new JournalError({
    reason: "Invalid",
    message: `Cannot write ${what}. Nothing of this append was stored; everything else goes on.`
  })

/** The record of one run is damaged. */
export const unreadableError = (what: string, why: string): JournalError =>
  new JournalError({
    reason: "Unreadable",
    message: `Cannot read ${what}: ${why}. Everything else goes on. ` +
      "Take the state file from a backup, or end the run with terminate."
  })

/** No run has this id. */
export const unknownRunError = (id: string): JournalError =>
  new JournalError({
    reason: "NotFound",
    message: `Cannot find run "${id}": no run has this id. List the runs to see which there are.`
  })

/** The journal was closed. */
export const closedError = (): JournalError =>
  new JournalError({
    reason: "Closed",
    message: "Cannot use this journal: it is closed. Open the state file again."
  })

/** This process was declared dead. */
export const fencedError = (process: number): JournalError =>
  new JournalError({
    reason: "Fenced",
    message: `Cannot write as process ${process}: it was declared dead and its runs were given to others. ` +
      "Close this journal and open the state file again."
  })
