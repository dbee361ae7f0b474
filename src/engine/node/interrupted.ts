/** Endings of nodes that did not end by themselves: interrupted, refused their permits, or broken. */
import * as Cause from "effect/Cause"
import * as Option from "effect/Option"
import { LimitUnavailable } from "../../lock/LimitUnavailable.ts"
import type { Reason } from "../../run/Phase.ts"
import { phaseFor } from "../../run/reason.ts"
import type { LiveNode } from "../Live.ts"
import { ended, errored, type NodeEnd } from "./NodeEnd.ts"
import type { PermitFailure } from "../permits/permits.ts"

/** The ending that somebody else decided. */
export const imposed = (reason: Reason): NodeEnd =>
  ended(phaseFor(reason), reason, cancelMessage[reason] ?? `Cancelled: ${reason}`)

/** The ending of a node whose program did not give one. */
export const fromCause = (live: LiveNode, cause: Cause.Cause<PermitFailure>): NodeEnd => {
  const error = Option.getOrUndefined(Cause.findErrorOption(cause))
  if (error instanceof LimitUnavailable) {
    return errored("BadLimit", error, `Node "${live.path}" could not get its permits`)
  }
  if (Cause.hasInterrupts(cause)) return imposed(live.reason)
  return errored("Defect", Cause.squash(cause), `Node "${live.path}" broke`)
}

const cancelMessage: Partial<Record<string, string>> = {
  Stopped: "Stopped before it could finish",
  Terminated: "Terminated before it could finish",
  Timeout: "Did not finish in time",
  FailFast: "Cancelled because a sibling failed"
}
