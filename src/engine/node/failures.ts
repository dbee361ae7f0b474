/**
 * The failures of a node so far: how they are recorded, and what policies see that decide by all of them.
 *
 * Owns: those of this life, in memory as long as the node. Does not own: those of earlier lives, which are recorded.
 */
import type { Failure } from "../../run/retry.ts"
import type { FailedAttempt } from "../../workflow/Retry.ts"
import type { LiveNode, NodeSpec } from "../Live.ts"
import type { NodeEnd } from "./NodeEnd.ts"
import { savedWrites } from "../artifacts/saved.ts"
import { consume } from "../pools/placed.ts"
import { permitsOf, releaseWrites } from "../permits/permits.ts"
import { recordedFailures } from "./stepper.ts"
import { decodeTyped } from "./value.ts"

/** A failed attempt, as the rules of retries see it. */
export const toFailure = (spec: NodeSpec, end: NodeEnd, at: number): Failure => ({
  phase: end.phase === "Error" ? "Error" : "Failed",
  reason: end.reason ?? "TaskFailed",
  error: decodeTyped(spec.error, end.error),
  tag: end.error?.tag ?? end.reason ?? "",
  message: end.message ?? "",
  at
})

const known = new WeakMap<LiveNode, Array<FailedAttempt>>()

/** The failures before this one, which is noted for the next time. */
export const failuresBefore = (
  live: LiveNode,
  spec: NodeSpec,
  attempt: number,
  { at, error, message, phase, reason, tag }: Failure
): ReadonlyArray<FailedAttempt> => {
  const all = known.get(live) ?? recordedOf(live, spec)
  known.set(live, all)
  const before = all.filter((it) => it.attempt < attempt)
  all.push({ attempt, phase, reason, tag, message, error, at })
  return before
}

const recordedOf = (live: LiveNode, spec: NodeSpec): Array<FailedAttempt> =>
  recordedFailures(live, spec).flatMap(({ at, event }) => {
    if (event.type !== "AttemptFailed") return []
    const { attempt, error, message = error.message, phase, reason } = event
    return [{ attempt, phase, reason, tag: error.tag, message, error: decodeTyped(spec.error, error), at }]
  })

/** Records that an attempt failed and when the next one begins, with what is given back and kept of it. */
export const recordFailure = (
  live: LiveNode,
  spec: NodeSpec,
  attempt: number,
  end: NodeEnd,
  delay: number,
  nextAt: number
): void => {
  live.run.ledger.node(
    {
      type: "AttemptFailed",
      path: spec.path,
      attempt,
      phase: end.phase === "Error" ? "Error" : "Failed",
      reason: end.reason ?? "TaskFailed",
      ...(end.message === undefined ? {} : { message: end.message }),
      error: end.error ?? { tag: end.reason ?? "TaskFailed", message: end.message ?? "" },
      delay,
      nextAt
    },
    undefined,
    undefined,
    [...permitsOf(live, spec)?.hold === "running" ? releaseWrites(live) : [], ...savedWrites(live, false)]
  )
  consume(live)
}
