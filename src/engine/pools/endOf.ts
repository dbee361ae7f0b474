/** How the body of an attempt ended, for the owner of its run. */
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import type { LiveNode } from "../Live.ts"
import { imposed } from "../node/interrupted.ts"
import { errored, type NodeEnd } from "../node/NodeEnd.ts"
import type { Outcome } from "./outcome.ts"

/** How a body ended. */
export const endOf = (exit: Exit.Exit<NodeEnd>): NodeEnd => {
  if (Exit.isSuccess(exit)) return exit.value
  return Cause.hasInterrupts(exit.cause) ? imposed("Stopped") : errored("Defect", Cause.squash(exit.cause))
}

/** The same with what it has saved. */
export const outcomeOf = (live: LiveNode, { cause, error, message, phase, reason, text }: NodeEnd): Outcome => ({
  end: { cause, error, message, phase, reason, text },
  staged: live.takeStaged()
})
