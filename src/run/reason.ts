/**
 * What the reasons mean for the rules: which phase they lead to, which of them cut work short, which forbid a retry.
 */
import type { Phase, Reason } from "./Phase.ts"
import { isFailure } from "./Phase.ts"

/** How something ended, as far as the rules about phases look at it. */
export interface End {
  readonly phase: Phase
  readonly reason?: Reason | null | undefined
  readonly message?: string | null | undefined
}

const ERRORS: ReadonlySet<Reason> = new Set([
  "Defect",
  "BadInput",
  "BadOutput",
  "BadGuard",
  "BadLimit",
  "NoWorker",
  "Crashed",
  "LimitExceeded",
  "ChildErrored"
])

/** The phase of work that ended for this reason; `When` and `Depends` are those of work that never ran. */
export const phaseFor = (reason: Reason): "Failed" | "Error" | "Skipped" | "Omitted" => {
  if (reason === "When") return "Skipped"
  if (reason === "Depends") return "Omitted"
  return ERRORS.has(reason) ? "Error" : "Failed"
}

/**
 * The failure an end stands for, or `undefined`. Work that never ran because something else ended first (a stop, a
 * fail-fast sibling, a timeout above it) counts as failed: otherwise a run stopped between two nodes would pass for a
 * success.
 */
export const failureOf = (end: End): "Failed" | "Error" | undefined => {
  if (isFailure(end.phase)) return end.phase
  if (end.phase !== "Skipped" && end.phase !== "Omitted") return undefined
  if (end.reason === undefined || end.reason === null) return undefined
  const phase = phaseFor(end.reason)
  return isFailure(phase) ? phase : undefined
}

/** Whether the reason says that somebody else decided the end; composites pass such a reason on unchanged. */
export const isImposed = (reason: Reason | null | undefined): reason is "Stopped" | "Terminated" | "FailFast" =>
  reason === "Stopped" || reason === "Terminated" || reason === "FailFast"
