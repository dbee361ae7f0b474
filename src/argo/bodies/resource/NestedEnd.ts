/** A workflow that a node created, and how it ended. */
import type { NodeResult } from "../../values/Result.ts"
import type { Submission } from "../../compile/submission.ts"

/** The end of a nested workflow; its global outputs are those of the result. */
export interface NestedEnd {
  readonly name: string
  readonly submission: Submission
  readonly result: NodeResult
}
