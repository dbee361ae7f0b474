/** How bodies end: a Promise that settled or an Effect's exit, as a node's ending. */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { AnyTask } from "../../workflow/Definition.ts"
import type { LiveNode } from "../Live.ts"
import { errored, type NodeEnd } from "./NodeEnd.ts"
import type { LiveTaskContext } from "./TaskContext.ts"
import { failedWith, returned } from "./value.ts"

/** The ending of an Effect body, in a scope of its own; never fails. */
export const fromEffect = (
  context: LiveTaskContext,
  task: AnyTask,
  body: Effect.Effect<unknown, unknown, unknown>
): Effect.Effect<NodeEnd> =>
  Effect.matchCause(context.provide(Effect.scoped(body)), {
    onSuccess: (value) => returned(task.output, value),
    onFailure: (cause) => fromCause(task, cause)
  })

const fromCause = (task: AnyTask, cause: Cause.Cause<unknown>): NodeEnd => {
  if (Cause.hasInterruptsOnly(cause)) {
    return errored("Defect", new Error("it interrupted itself"), "It ended without a result")
  }
  const error = Cause.findErrorOption(cause)
  if (Cause.hasDies(cause) || Option.isNone(error)) {
    return errored("Defect", Cause.squash(cause))
  }
  return failedWith(task.error, error.value)
}

/** Whether a body answered with a Promise. */
export const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function"

/** The ending of a Promise body; never fails. */
export const fromPromise = (task: AnyTask, promise: PromiseLike<unknown>): Effect.Effect<NodeEnd> => {
  const ended = Promise.resolve(promise).then(
    (value) => returned(task.output, value),
    (error) => failedWith(task.error, error)
  )
  return Effect.promise(() => ended)
}

/** After its signal fired a Promise may still settle, for a limited time; then the engine stops waiting for it. */
export const graceFor = (
  live: LiveNode,
  settled: Effect.Effect<NodeEnd>
): Effect.Effect<Option.Option<NodeEnd>> =>
  Effect.timeoutOption(Effect.interruptible(settled), Duration.millis(live.run.host.limits.abortGrace))
