/**
 * The phases of runs and nodes, and the closed list of reasons for them. Words are Argo's where Argo has one.
 */

/** Where a run or node stands. The first two are open, the others are terminal. */
export type Phase = (typeof PHASES)[number]

/** Every phase. */
export const PHASES = ["Pending", "Running", "Succeeded", "Failed", "Error", "Skipped", "Omitted"] as const

/** A phase that never changes again within an epoch. */
export type TerminalPhase = Exclude<Phase, "Pending" | "Running">

/**
 * Why a node or run has its phase.
 *
 * `Failed`: the work said no (`TaskFailed`, `Timeout`, `Stopped`,
 * `Terminated`, `FailFast`, `ChildFailed`, `ExitHandlerFailed`, `CompensationFailed`).
 * `Error`: the system could not do the work (`Defect`, `BadInput`, `BadOutput`,
 * `BadGuard`, `BadLimit`, `NoWorker`, `Crashed`, `LimitExceeded`, `ChildErrored`).
 * `Running`: none, or `Compensating` where what the run did is being undone.
 * `Succeeded`: none, or `Continued` where another run goes on from here.
 * `Skipped`/`Omitted`: it never ran (`When`, `Depends`, `EmptyMap`, or the run ended first).
 */
export type Reason =
  | "TaskFailed"
  | "Timeout"
  | "Stopped"
  | "Terminated"
  | "FailFast"
  | "ChildFailed"
  | "ExitHandlerFailed"
  | "CompensationFailed"
  | "Compensating"
  | "Defect"
  | "BadInput"
  | "BadOutput"
  | "BadGuard"
  | "BadLimit"
  | "NoWorker"
  | "Crashed"
  | "LimitExceeded"
  | "ChildErrored"
  | "When"
  | "Depends"
  | "Continued"

/** What an open node waits for. */
export type Waiting = "Retry" | "Suspended" | "Signal" | "Timer" | "Permit" | "Run"

/** Whether a phase is final. */
export const isTerminal = (phase: Phase): phase is TerminalPhase => phase !== "Pending" && phase !== "Running"

/** Whether a phase counts as a failure of the work or of the system. */
export const isFailure = (phase: Phase): phase is "Failed" | "Error" => phase === "Failed" || phase === "Error"

/** How many are in which phase; a phase that none is in is absent. */
export type PhaseCounts = Readonly<Partial<Record<Phase, number>>>
