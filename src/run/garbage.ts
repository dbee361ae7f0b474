/**
 * Which artifacts are garbage. Pure; storage applies the same rule
 * to whole tables, and a property test holds the two together.
 */
import type { ArtifactRow } from "./ArtifactRow.ts"
import type { ArtifactGC } from "../workflow/Artifact.ts"
import { isTerminal, type Phase } from "./Phase.ts"

/** What the rule has to know of a run; `undefined` stands for one that was deleted. */
export interface RunFacts {
  readonly phase: Phase
  /** Whether a living process executes it or is about to. */
  readonly isOwned: boolean
}

/** What the end of a run means for its artifacts that are `live`. */
export const isDueAtEnd = (gc: ArtifactGC): boolean => gc === "OnWorkflowCompletion" || gc === "temp"

/** What the deletion of a run means for them. */
export const isDueAtDeletion = (gc: ArtifactGC): boolean => gc !== "Never"

/**
 * Whether a `due` artifact may be deleted now: nobody pinned it, its own run is not being retried, and no other run
 * that holds its handle can still read it. A temporary one goes while its run goes on.
 */
export const isCollectable = (
  { gc, pinned, state }: ArtifactRow,
  own: RunFacts | undefined,
  readers: Iterable<RunFacts>
): boolean => {
  if (state !== "due" || pinned || own?.isOwned === true && (gc !== "temp" || isTerminal(own.phase))) return false
  for (const reader of readers) {
    if (gc === "OnWorkflowDeletion" || reader.isOwned || !isTerminal(reader.phase)) return false
  }
  return true
}

const longestDelay = 3_600_000

/** Milliseconds until a deletion that failed is tried again: one second, doubled each time, at most an hour. */
export const deletionDelay = (tries: number): number => Math.min(1_000 * 2 ** Math.max(0, tries - 1), longestDelay)
