/** How an attempt ended that a worker of a pool ran, on its way to the owner of the run. */
import type { Staged } from "../artifacts/Staged.ts"
import type { NodeEnd } from "../node/NodeEnd.ts"

/** What a worker gives back. */
export interface Outcome {
  readonly end: Pick<NodeEnd, "phase" | "reason" | "message" | "text" | "error" | "cause">
  /** What its body has saved: stored by the worker, recorded by the owner. */
  readonly staged: ReadonlyArray<Staged>
}

/** The text of an end; without an outcome the worker leaves, and the attempt is to be offered again as it was. */
export const outcomeText = (outcome: Outcome | undefined): string => JSON.stringify(outcome ?? { left: true })

/** What such a text says. */
export const readOutcome = (text: string): Outcome | undefined => {
  const { end, staged } = JSON.parse(text) as Partial<Outcome>
  return end === undefined ? undefined : { end, staged: staged ?? [] }
}
