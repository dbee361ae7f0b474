/** How the main part of a run ended. */
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import { LimitUnavailable } from "../../lock/LimitUnavailable.ts"
import type { LiveRun } from "../Live.ts"
import { ended, errored, type NodeEnd } from "../node/NodeEnd.ts"
import { tooLarge } from "../node/payload.ts"
import type { PermitFailure } from "../permits/permits.ts"

/** The ending behind the exit of a run's main part. */
export const mainEnd = (live: LiveRun, exit: Exit.Exit<NodeEnd, PermitFailure>): NodeEnd => {
  if (Exit.isSuccess(exit)) {
    return tooLarge("output of the run", exit.value.text, live.host.limits.payload) ?? exit.value
  }
  if (Cause.hasInterrupts(exit.cause)) {
    return ended("Failed", live.root.reason, `${live.root.reason} while it was running`)
  }
  const error = Cause.squash(exit.cause)
  if (error instanceof LimitUnavailable) return errored("BadLimit", error, "The run could not get its permits")
  return errored("Defect", error, "The engine broke")
}
