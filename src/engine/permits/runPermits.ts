/** Permits of runs as a whole: taken before anything of the run begins. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { LiveRun } from "../Live.ts"
import { ended, type NodeEnd } from "../node/NodeEnd.ts"
import { type PermitFailure, take } from "./permits.ts"

/**
 * The run is Pending until it has its permits, but no longer than it may take as a whole. One that has begun, and whose
 * time is over by then, ends as any other that takes too long.
 */
export const oncePermitted = (live: LiveRun, begun: Effect.Effect<NodeEnd>): Effect.Effect<NodeEnd, PermitFailure> => {
  const { permits, timeout } = live.plan.workflow
  if (permits === undefined) return begun
  const taken = take(live.root, permits, () => {})
  if (timeout === Infinity) return Effect.andThen(taken, begun)
  const { createdAt, startedAt } = live.ledger.row
  const left = Math.max(0, (startedAt === 0 ? createdAt : startedAt) + timeout - live.host.now())
  return Effect.flatMap(
    Effect.timeoutOption(taken, Duration.millis(left)),
    (held) => {
      if (Option.isSome(held)) return begun
      if (startedAt === 0) return Effect.succeed(neverPermitted(timeout))
      // It had begun in an earlier process: what began there is ended, with its exit handlers, and nothing else begins.
      live.root.stop("Timeout")
      return begun
    }
  )
}

const neverPermitted = (timeout: number): NodeEnd =>
  ended("Failed", "Timeout", `The run did not get its permits in time (timeout ${timeout} ms)`)
