/** Attempts within their limits on time: a leaf is cut off, a composite is told to stop. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { LiveNode, NodeSpec, Work } from "../Live.ts"
import { ended, type NodeEnd } from "./NodeEnd.ts"

/** One attempt within its time, and that of its node. */
export const timed = (live: LiveNode, spec: NodeSpec, work: Work, number: number): Effect.Effect<NodeEnd> => {
  const { attempt, total } = spec.timeouts
  if (attempt === Infinity && total === Infinity) return work.attempt(live, { number, deadline: Infinity })
  return limited(live, spec, work, number)
}

const limited = (live: LiveNode, spec: NodeSpec, work: Work, number: number): Effect.Effect<NodeEnd> =>
  Effect.suspend(() => {
    const { attempt, total } = spec.timeouts
    const now = live.run.host.now()
    const left = Math.min(attempt, total, startedAt(live) + total - now)
    if (left <= 0 && !spec.composite) return Effect.succeed(timeout(live, spec))
    // A composite that is late on arrival (after a crash) still lets what is beneath it end by the rules.
    if (left <= 0) live.stopping ??= "Timeout"
    const body = work.attempt(live, { number, deadline: now + left })
    return spec.leaf ? cutOff(live, spec, body, left) : stopAfter(live, body, left)
  })

const cutOff = (live: LiveNode, spec: NodeSpec, body: Effect.Effect<NodeEnd>, millis: number): Effect.Effect<NodeEnd> =>
  Effect.map(
    Effect.timeoutOption(body, Duration.millis(millis)),
    Option.getOrElse(() => timeout(live, spec))
  )

/** A composite is told to stop, so that exit handlers beneath it still run. */
export const stopAfter = (live: LiveNode, body: Effect.Effect<NodeEnd>, millis: number): Effect.Effect<NodeEnd> => {
  const alarm = Effect.andThen(Effect.sleep(Duration.millis(millis)), Effect.sync(() => live.stop("Timeout")))
  return Effect.raceFirst(body, Effect.andThen(alarm, Effect.never))
}

/** The ending of a node that takes too long. */
export const timeout = (live: LiveNode, spec: NodeSpec): NodeEnd => {
  const { attempt, total } = spec.timeouts
  const which = attempt <= total ? `attempt timeout ${attempt} ms` : `timeout ${total} ms`
  return ended("Failed", "Timeout", `Node "${live.path}" did not finish in time (${which})`)
}

/** Since when a node has been at it. */
export const startedAt = (live: LiveNode): number =>
  live.run.ledger.nodes.get(live.path)?.startedAt ?? live.run.host.now()
