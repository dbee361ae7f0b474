/** Permits of runs as a whole: taken before anything of the run begins. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { wasRefused } from "../../run/followed.ts"
import { ofKey, type PermitsDef } from "../../workflow/Semaphore.ts"
import { unversioned } from "../../workflow/version.ts"
import type { LiveRun } from "../Live.ts"
import { ended, type NodeEnd } from "../node/NodeEnd.ts"
import { type PermitFailure, take, told } from "./permits.ts"

/**
 * The run is Pending until it has its permits, but no longer than it may take as a whole. One that has begun, and whose
 * time is over by then, ends as any other that takes too long.
 */
export const oncePermitted = (live: LiveRun, begun: Effect.Effect<NodeEnd>): Effect.Effect<NodeEnd, PermitFailure> => {
  const { timeout } = live.plan.workflow
  const permits = runPermits(live)
  if (permits === undefined) return begun
  if ("phase" in permits) return Effect.succeed(permits)
  if (wasRefused(live.plan, live.ledger.row, live.ledger.nodes)) return refusedAgain(live)
  const { createdAt, startedAt } = live.ledger.row
  const until = (startedAt === 0 ? Math.max(createdAt, live.dueAt) : startedAt) + timeout
  const taken = take(live.root, permits, () => void (live.waitsUntil = until))
  if (timeout === Infinity) return Effect.andThen(taken, begun)
  const left = Math.max(0, until - live.host.now())
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

/** Those of its workflow, and its place in the line of its key; or its ending where its input does not tell them. */
export const runPermits = (
  { input, ledger: { rule }, plan: { workflow } }: LiveRun
): PermitsDef | NodeEnd | undefined => {
  const { permits } = workflow
  const own = permits?.of === undefined ? permits : told(permits, input)
  if (rule?.line === undefined || own !== undefined && "phase" in own) return own
  // No other workflow and key give the same name.
  const line = ofKey("start", `${unversioned(workflow).replace(/[%/]/g, encodeURIComponent)}/${rule.line}`, 1).take()
  return { hold: "running", priority: 0, ...own, takes: [...own?.takes ?? [], line] }
}

/**
 * It does not begin after what follows its end has begun. It may have begun in an earlier life after all, in which it
 * was suspended until its time was over: then it had its permits, which nobody takes over.
 */
const refusedAgain = ({ host, ledger, plan: { workflow: { timeout } } }: LiveRun): Effect.Effect<NodeEnd> =>
  Effect.sync(() => {
    host.desk.release(ledger.row.key, "")
    ledger.run({ type: "RunStarted", owner: host.journal.process })
    return timeout === Infinity
      ? ended("Error", "BadLimit", "The run could not get its permits")
      : neverPermitted(timeout)
  })

const neverPermitted = (timeout: number): NodeEnd =>
  ended("Failed", "Timeout", `The run did not get its permits in time (timeout ${timeout} ms)`)
