/** When retention deletes an ended run. Pure. */
import type { Retention } from "../workflow/Retention.ts"
import type { TerminalPhase } from "./Phase.ts"

/** The instant, in milliseconds since the epoch; `undefined` = it is kept. Everything but success counts as failure. */
export const deletionOf = (
  retention: Retention | undefined,
  phase: TerminalPhase,
  finishedAt: number
): number | undefined => {
  const kept = phase === "Succeeded" ? retention?.success : retention?.failure
  return kept === undefined || kept === Infinity || Number.isNaN(kept) ? undefined : finishedAt + kept
}
