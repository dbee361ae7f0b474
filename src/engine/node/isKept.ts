/** Whether what is done by a node stays, whatever becomes of its run. */
import type { LiveNode } from "../Live.ts"

/** Whether it, or one above it, runs a workflow that undoes nothing. */
export const isKept = (live: LiveNode): boolean =>
  live.undoesNothing || (live.parent !== undefined && isKept(live.parent))
