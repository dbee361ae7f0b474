/** Which dialogs there are. */

/** Of a run: what ends it, holds it, does it again, or looks at it. */
type OfRun =
  | "stop"
  | "terminate"
  | "suspend"
  | "resume"
  | "retry"
  | "resubmit"
  | "compensate"
  | "delete"
  | "compare"
  | "export"

/** Of a node, or of what it waits for. */
type OfNode = "signal" | "fork" | "limit"

/** Of the lists of runs, workflows, locks, what waits, and of the file. */
type OfPage = "bulk" | "start" | "manifest" | "break" | "collect" | "wake"

/** Of a schedule. */
type OfSchedule = "trigger" | "pause" | "unpause" | "backfill" | "stopBackfill"

/** One of them. */
export type DialogKind = OfRun | OfNode | OfPage | OfSchedule
