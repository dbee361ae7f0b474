/**
 * Attempts of one node under its retry policy and time limits. What is retried, and when, is decided in `run/retry.ts`.
 */
import * as Effect from "effect/Effect"
import { isFailure } from "../../run/Phase.ts"
import { boundOf, decideRetry } from "../../run/retry.ts"
import type { NodeRow } from "../../run/State.ts"
import { failuresBefore, recordFailure, toFailure } from "./failures.ts"
import { absent, died, placed } from "../pools/placed.ts"
import { recordable } from "./recordable.ts"
import { startedAt, timed, timeout } from "./inTime.ts"
import { imposed } from "./interrupted.ts"
import { ended, type NodeEnd } from "./NodeEnd.ts"
import { admitted, type PermitFailure, recordBegin } from "../permits/permits.ts"
import { whileSuspended } from "./whileSuspended.ts"
import { makeStepper, recordedFailures, type Stepper } from "./stepper.ts"
import type { LiveNode, NodeSpec, Work } from "../Live.ts"

/** Runs attempt `number` and, while the policy says so, those after it. */
export const attempts = (
  live: LiveNode,
  spec: NodeSpec,
  work: Work,
  number: number,
  stepper?: Stepper
): Effect.Effect<NodeEnd, PermitFailure> => {
  // Nearly every node is tried once, here: nothing is made for it that others need.
  if (spec.on === undefined && spec.retry === undefined) return timed(live, spec, work, number)
  return retried(live, spec, work, number, stepper)
}

const retried = (
  live: LiveNode,
  spec: NodeSpec,
  work: Work,
  number: number,
  stepper: Stepper | undefined
): Effect.Effect<NodeEnd, PermitFailure> => {
  const settle = (end: NodeEnd): Effect.Effect<NodeEnd, PermitFailure> =>
    spec.retry !== undefined && isFailure(end.phase)
      ? failed(live, spec, work, number, end, stepper)
      : Effect.succeed(end)
  if (spec.on === undefined) return Effect.flatMap(timed(live, spec, work, number), settle)
  return Effect.flatMap(placed(live, spec), (end) => afterPlaced(live, spec, work, end, stepper) ?? settle(end))
}

/** Where the worker that had an attempt died, the rule for crashed attempts says whether it begins again. */
const afterPlaced = (
  live: LiveNode,
  spec: NodeSpec,
  work: Work,
  end: NodeEnd,
  stepper: Stepper | undefined
): Effect.Effect<NodeEnd, PermitFailure> | undefined => {
  if (end !== died && end !== absent || live.run.abandoned) return undefined
  const row = live.run.ledger.nodes.get(spec.path)!
  const wasLeft = end === absent && live.run.wasLeft
  const crashed = crashEnding(live, spec, row, wasLeft)
  if (crashed === undefined) return next(live, spec, work, row.attempt, row.reruns + (wasLeft ? 0 : 1), stepper)
  return spec.retry === undefined ? Effect.succeed(crashed) : failed(live, spec, work, row.attempt, crashed, stepper)
}

/** Goes on with a node that was open when its process died. */
export const resume = (
  live: LiveNode,
  spec: NodeSpec,
  work: Work,
  row: NodeRow
): Effect.Effect<NodeEnd, PermitFailure> => {
  if (row.waiting === "Retry" || (row.waiting === "Permit" && row.until > 0)) {
    return again(live, spec, work, { number: row.attempt + 1, delay: remaining(live, spec, row) })
  }
  if (!spec.leaf) return attempts(live, spec, work, row.attempt)
  // A worker may have its attempt, whatever became of the process that offered it.
  if (spec.on !== undefined) return attempts(live, spec, work, row.attempt)
  const crashed = crashEnding(live, spec, row, live.run.wasLeft)
  if (crashed === undefined) return next(live, spec, work, row.attempt, row.reruns + (live.run.wasLeft ? 0 : 1))
  return spec.retry === undefined ? Effect.succeed(crashed) : failed(live, spec, work, row.attempt, crashed)
}

/** How long it still waits for its next attempt; never longer than was decided, wherever the clock was set. */
const remaining = (live: LiveNode, spec: NodeSpec, row: NodeRow): number => {
  const delay = row.until - live.run.host.now()
  if (delay <= 0) return 0
  const failures = recordedFailures(live, spec).flatMap(({ event }) =>
    event.type === "AttemptFailed" ? [event.delay] : []
  )
  return Math.min(delay, failures.at(-1) ?? Infinity)
}

const crashEnding = (live: LiveNode, spec: NodeSpec, row: NodeRow, wasLeft: boolean): NodeEnd | undefined => {
  if (row.kind === "suspend") return undefined
  if (spec.onCrash === "fail") {
    return ended(
      "Error",
      "Crashed",
      `The process died during attempt ${row.attempt}, and this task must not run twice (onCrash: "fail")`
    )
  }
  const { reruns } = live.run.host.limits
  if (row.reruns < reruns || wasLeft) return undefined
  return ended(
    "Error",
    "Crashed",
    `The process died ${row.reruns + 1} times during attempt ${row.attempt} (limits.reruns is ${reruns})`
  )
}

const failed = (
  live: LiveNode,
  spec: NodeSpec,
  work: Work,
  number: number,
  raw: NodeEnd,
  known?: Stepper
): Effect.Effect<NodeEnd, PermitFailure> =>
  Effect.gen(function* () {
    const retry = spec.retry!
    // What is around it is being stopped, perhaps because its own time is over: nothing is tried again.
    if (isStoppedAbove(live)) return raw
    // Recorded, and told to the `retrying` hook, whose input is recorded too.
    const end = recordable(live, raw)
    const now = live.run.host.now()
    const failure = toFailure(spec, end, now)
    const stepper = known ?? (retry.schedule === undefined ? undefined : yield* makeStepper(live, spec, retry.schedule))
    const scheduled = stepper === undefined ? undefined : yield* stepper(now, failure.error)
    const decision = decideRetry(retry, {
      attempt: number,
      firstStartedAt: startedAt(live),
      now,
      failure,
      random: live.run.host.random,
      scheduled,
      before: () => failuresBefore(live, spec, number, failure)
    })
    if (!decision.again) return recordable(live, raw, decision.why)
    const nextAt = now + decision.delay
    if (nextAt >= startedAt(live) + spec.timeouts.total) return timeout(live, spec)
    recordFailure(live, spec, number, end, decision.delay, nextAt)
    if (live.stopping === "Timeout") live.stopping = undefined
    live.onStop(() => live.cancel(live.stopping ?? "Stopped"))
    live.releaseSlot()
    live.run.host.kernel.fireHook(live, spec, "retrying", number, end)
    return yield* again(live, spec, work, { number: number + 1, delay: decision.delay, stepper })
  })

const isStoppedAbove = ({ handler, parent }: LiveNode): boolean =>
  parent !== undefined && parent.handler === handler && parent.stopping !== undefined

/** The next attempt, and the milliseconds until then: an instant would stall when the clock is set back. */
interface Again {
  readonly number: number
  readonly delay: number
  readonly stepper?: Stepper | undefined
}

/** Waits until the next attempt may begin; a node that is stopped meanwhile ends instead. */
const again = (
  live: LiveNode,
  spec: NodeSpec,
  work: Work,
  { delay, number, stepper }: Again
): Effect.Effect<NodeEnd, PermitFailure> =>
  Effect.flatMap(
    pause(live, spec, delay),
    () =>
      live.stopping === undefined ? next(live, spec, work, number, 0, stepper) : Effect.succeed(imposed(live.stopping))
  )

/** Waits for the delay, then while the run is suspended, then for a slot. */
const pause = (live: LiveNode, spec: NodeSpec, delay: number): Effect.Effect<void, PermitFailure> =>
  Effect.suspend(() => {
    // Whoever waits for its time does not keep others from working.
    live.releaseSlot()
    const slept = delay === 0 ? Effect.void : Effect.sleep(delay)
    return Effect.andThen(Effect.andThen(slept, whileSuspended(live)), admitted(live, spec))
  })

const next = (
  live: LiveNode,
  spec: NodeSpec,
  work: Work,
  number: number,
  rerun: number,
  stepper?: Stepper
): Effect.Effect<NodeEnd, PermitFailure> =>
  Effect.flatMap(
    recordBegin(live, spec, {
      type: "AttemptStarted",
      path: spec.path,
      attempt: number,
      rerun,
      ...boundOf(spec.retry),
      ...(spec.on === undefined ? {} : { on: spec.on })
    }),
    (begun) =>
      begun ? attempts(live, spec, work, number, stepper) : Effect.succeed(imposed(live.stopping ?? live.reason))
  )
