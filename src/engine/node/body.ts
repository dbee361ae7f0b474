/** Runs the body of a task once: a value, a Promise or an Effect, in a scope of its own. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Reason } from "../../run/Phase.ts"
import type { AnyTask } from "../../workflow/Definition.ts"
import { hasOpenTelemetry, withinSpan } from "../../trace/openTelemetry.ts"
import { endChildren } from "./children.ts"
import { fromEffect, fromPromise, graceFor, isPromise } from "./bodyEnd.ts"
import type { NodeEnd } from "./NodeEnd.ts"
import { observed } from "./observed.ts"
import { LiveTaskContext } from "./TaskContext.ts"
import { spanAt } from "./spanAt.ts"
import { failedWith, returned } from "./value.ts"
import type { Attempt, LiveNode } from "../Live.ts"

/**
 * Runs one attempt of a task; never fails. The body begins with
 * interruption held back, so that it is always cleaned up after.
 */
export const runBody = (
  live: LiveNode,
  task: AnyTask,
  input: unknown,
  attempt: Attempt
): Effect.Effect<NodeEnd> =>
  // What is masked runs when the fiber comes to it.
  Effect.uninterruptibleMask((restore) => {
    const context = new LiveTaskContext(live, attempt)
    live.onStop(() => context.calls.stop())
    const result = call(live, context, task, input)
    if ("threw" in result) return cleanUp(live, context, Effect.succeed(failedWith(task.error, result.threw)))
    const { value } = result
    if (Effect.isEffect(value)) return cleanUp(live, context, restore(fromEffect(context, task, value)))
    if (!isPromise(value)) return cleanUp(live, context, Effect.succeed(returned(task.output, value)))
    const settled = fromPromise(task, value)
    return cleanUp(live, context, restore(settled), graceFor(live, settled))
  })

const call = (
  live: LiveNode,
  context: LiveTaskContext,
  task: AnyTask,
  input: unknown
): { readonly value: unknown } | { readonly threw: unknown } => {
  try {
    const { bodyOf, captureConsole } = live.run.host
    const isPlain = !captureConsole && !isJoined(live)
    return { value: isPlain ? bodyOf(task)(input, context) : surrounded(live, context, task, input) }
  } catch (error) {
    return { threw: error }
  }
}

/** A body whose console is captured, or that runs within its span. */
const surrounded = (live: LiveNode, context: LiveTaskContext, task: AnyTask, input: unknown): unknown => {
  const { bodyOf, captureConsole } = live.run.host
  const run = () => bodyOf(task)(input, context)
  const seen = captureConsole ? () => observed(context.log, run) : run
  const joined = isJoined(live) ? spanAt(live.run, live.path) : undefined
  return joined === undefined ? seen() : withinSpan(joined, seen)
}

/** Whether there is anything of the app's that its span would be shown to. */
const isJoined = ({ run: { host: { telemetry } } }: LiveNode): boolean =>
  telemetry?.joins === true && hasOpenTelemetry()

/** Children the body started and did not wait for end before it does. */
const cleanUp = (
  live: LiveNode,
  context: LiveTaskContext,
  body: Effect.Effect<NodeEnd>,
  settled?: Effect.Effect<unknown>
): Effect.Effect<NodeEnd> => {
  if (Exit.isExit(body) && !context.used) {
    context.close()
    return body
  }
  return Effect.onExit(body, (exit) => {
    if (Exit.isSuccess(exit)) return release(live, context, "Stopped")
    context.abort()
    const released = release(
      live,
      context,
      live.isCancelled || live.stopping !== undefined ? live.stopping ?? live.reason : "Timeout"
    )
    return settled === undefined ? released : Effect.andThen(released, settled)
  })
}

const release = (live: LiveNode, context: LiveTaskContext, reason: Reason): Effect.Effect<void> => {
  context.close()
  return Effect.andThen(endChildren(live, reason), context.tidied)
}
