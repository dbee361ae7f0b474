/** Runs the body of a task once: a value, a Promise or an Effect, in a scope of its own. */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { Reason } from "../run/Phase.ts"
import type { AnyTask } from "../workflow/Definition.ts"
import { endChildren } from "./children.ts"
import type { LiveNode } from "./LiveNode.ts"
import { errored, type NodeEnd } from "./NodeEnd.ts"
import type { Attempt } from "./NodeSpec.ts"
import { observed } from "./observed.ts"
import { LiveTaskContext } from "./TaskContext.ts"
import { failedWith, returned } from "./value.ts"

/** Runs one attempt of a task; never fails. The body begins with interruption held back, so that it is always cleaned up after. */
export const runBody = (live: LiveNode, task: AnyTask, path: string, input: unknown, attempt: Attempt): Effect.Effect<NodeEnd> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.suspend(() => {
      const context = new LiveTaskContext(live, attempt)
      live.onStop = () => context.stop()
      const result = call(context, task, input)
      if ("threw" in result) return cleanUp(live, context, Effect.succeed(failedWith(task.error, result.threw, path)))
      const { value } = result
      if (Effect.isEffect(value)) return cleanUp(live, context, restore(fromEffect(context, task, value, path)))
      if (isPromise(value)) return fromPromise(live, context, task, value, path, restore)
      return cleanUp(live, context, Effect.succeed(returned(task.output, value, path)))
    })
  )

const call = (context: LiveTaskContext, task: AnyTask, input: unknown): { readonly value: unknown } | { readonly threw: unknown } => {
  try {
    return { value: observed(context, () => task.run(input, context)) }
  } catch (error) {
    return { threw: error }
  }
}

/** Children the body started and did not wait for end before it does. */
const cleanUp = (live: LiveNode, context: LiveTaskContext, body: Effect.Effect<NodeEnd>, settled?: Effect.Effect<unknown>): Effect.Effect<NodeEnd> => {
  if (Exit.isExit(body) && !context.used) return body
  return Effect.onExit(body, (exit) => {
    if (Exit.isSuccess(exit)) return release(live, context, "Stopped")
    context.abort()
    const released = release(live, context, live.isCut || live.stopping !== undefined ? live.stopping ?? live.reason : "Timeout")
    return settled === undefined ? released : Effect.andThen(released, settled)
  })
}

const release = (live: LiveNode, context: LiveTaskContext, reason: Reason): Effect.Effect<void> => {
  context.close()
  return endChildren(live, reason)
}

const fromEffect = (
  context: LiveTaskContext,
  task: AnyTask,
  body: Effect.Effect<unknown, unknown, unknown>,
  path: string
): Effect.Effect<NodeEnd> =>
  Effect.matchCause(context.provide(Effect.scoped(body)), {
    onSuccess: (value) => returned(task.output, value, path),
    onFailure: (cause) => fromCause(task, cause, path)
  })

const fromCause = (task: AnyTask, cause: Cause.Cause<unknown>, path: string): NodeEnd => {
  if (Cause.hasInterruptsOnly(cause)) return errored("Defect", new Error("it interrupted itself"), `Node "${path}" ended without a result`)
  const error = Cause.findErrorOption(cause)
  if (Cause.hasDies(cause) || Option.isNone(error)) return errored("Defect", Cause.squash(cause), `Node "${path}" threw`)
  return failedWith(task.error, error.value, path)
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function"

/** On interruption the signal fires, then the Promise may settle within the grace before the engine stops waiting for it. */
const fromPromise = (
  live: LiveNode,
  context: LiveTaskContext,
  task: AnyTask,
  promise: PromiseLike<unknown>,
  path: string,
  restore: <A>(effect: Effect.Effect<A>) => Effect.Effect<A>
): Effect.Effect<NodeEnd> => {
  const ended = Promise.resolve(promise).then(
    (value) => returned(task.output, value, path),
    (error) => failedWith(task.error, error, path)
  )
  const settled = Effect.promise(() => ended)
  const grace = Effect.timeoutOption(Effect.interruptible(settled), Duration.millis(live.run.host.limits.abortGrace))
  return cleanUp(live, context, restore(settled), grace)
}
