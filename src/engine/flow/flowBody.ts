/**
 * Runs the body of a flow: from its top in each life, answered from the record for what has ended. It is a composite:
 * it takes no slot and no attempt of its own, and what it starts are nodes like any other.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { openBeneath } from "../../run/beneath.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import type { LiveNode } from "../Live.ts"
import { isPassedOn } from "../graph/passedOn.ts"
import { endChildren } from "../node/children.ts"
import { graceFor } from "../node/bodyEnd.ts"
import { blamed, ended, type NodeEnd, nothing } from "../node/NodeEnd.ts"
import { makeLog } from "../node/log.ts"
import { failedWith, returned } from "../node/value.ts"
import { type Failed, LiveFlow } from "./LiveFlow.ts"

/** Runs a flow to the end of its body and of all that it started; never fails. */
export const runFlowBody = (
  live: LiveNode,
  workflow: AnyWorkflow,
  input: unknown,
  number: number
): Effect.Effect<NodeEnd> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(restore(durable(live)), () => {
      const crashed = crashLoop(live)
      if (crashed !== undefined) return Effect.succeed(crashed)
      const context = new LiveFlow(live, number)
      const promise = settle(live, workflow, context, input)
      const settled = Effect.promise(() => promise)
      const body = live.stopping === undefined
        ? Effect.flatMap(
          context.firstOf(promise),
          (end) => end === undefined ? cut(live, context, settled) : Effect.succeed(end)
        )
        : toldAgain(live, context, settled)
      return Effect.onExit(restore(body), (exit) => tidy(live, context, settled, exit))
    })
  )

/** A life counts once its beginning is durable: before, a body that ends its process would never be found out. */
const durable = ({ run: { host: { journal } } }: LiveNode): Effect.Effect<void> =>
  Effect.callback((resume) =>
    journal.append([], (error) => {
      // Without storage nothing of it may run: its process ends it.
      if (error === undefined) resume(Effect.void)
    })
  )

/** A body that ends its process before it records anything must end itself; one that waits does nothing. */
const crashLoop = (live: LiveNode): NodeEnd | undefined => {
  const { host: { limits: { reruns } }, ledger } = live.run
  if (ledger.deaths <= reruns || openBeneath(ledger.nodes.values(), live.path).length > 0) return undefined
  return ended(
    "Error",
    "Crashed",
    `The process died ${ledger.deaths} times before the next step (limits.reruns is ${reruns})`
  )
}

const settle = async (live: LiveNode, workflow: AnyWorkflow, context: LiveFlow, input: unknown): Promise<NodeEnd> => {
  try {
    const output = await workflow.flow!(input, context)
    return continued(context) ?? returned(workflow.output, output)
  } catch (error) {
    return continued(context) ?? failedBy(live, workflow, context.failureBehind(error), error)
  }
}

/** A body that continues as new ends so, whatever it makes of that. */
const continued = ({ next }: LiveFlow): NodeEnd | undefined =>
  next === undefined ? undefined : { phase: "Succeeded", reason: "Continued", text: nothing, next }

/** A typed error that the flow states is its own; any other failure of a step is passed on with the step's name. */
const failedBy = (live: LiveNode, workflow: AnyWorkflow, failed: Failed | undefined, error: unknown): NodeEnd => {
  const own = failedWith(workflow.error, error)
  if (own.reason === "TaskFailed") return own
  if (failed === undefined) return asStopped(live) ?? own
  const { end, path } = failed
  const broken = end.phase === "Error"
  return {
    phase: broken ? "Error" : "Failed",
    reason: isPassedOn(end.reason, live.stopping) ? end.reason : broken ? "ChildErrored" : "ChildFailed",
    message: blamed("node", path, end),
    cause: end.cause ?? path,
    error: end.error
  }
}

/** Once it is told to stop its steps are refused; what it makes of that does not count as its own failure. */
const asStopped = ({ stopping }: LiveNode): NodeEnd | undefined =>
  stopping === undefined ? undefined : ended("Failed", stopping, `${stopping} before its body ended`)

/**
 * A flow that an earlier life was told to stop is told once more what it did, so that it is known how that is undone:
 * the first step that had not begun is refused, and so ends its body.
 */
const toldAgain = (live: LiveNode, context: LiveFlow, settled: Effect.Effect<NodeEnd>): Effect.Effect<NodeEnd> =>
  Effect.flatMap(
    graceFor(live, settled),
    Option.match({
      onSome: Effect.succeed,
      onNone: () => cut(live, context, settled)
    })
  )

/** What a flow that is told to stop gets: the end of its nodes, then some time to end itself. */
const cut = (live: LiveNode, context: LiveFlow, settled: Effect.Effect<NodeEnd>): Effect.Effect<NodeEnd> =>
  Effect.gen(function* () {
    yield* endChildren(live, live.stopping ?? "Stopped")
    context.abort()
    const reason = live.stopping ?? "Stopped"
    return Option.getOrElse(
      yield* graceFor(live, settled),
      () => ended("Failed", reason, `${reason} before its body ended`)
    )
  })

/** A step that the body no longer comes to stays in the record: somebody may want to know. */
const tellUnasked = (live: LiveNode, context: LiveFlow): void => {
  if (!live.run.takenOver) return
  const names = context.unasked()
  if (names.length === 0) return
  const some = names.slice(0, 10).join(", ") + (names.length > 10 ? ", …" : "")
  const what = names.length === 1 ? "1 recorded step was" : `${names.length} recorded steps were`
  makeLog(live, 1).warn(`${what} not asked for: ${some}`)
}

/** What it started and did not wait for ends before it does. */
const tidy = (
  live: LiveNode,
  context: LiveFlow,
  settled: Effect.Effect<NodeEnd>,
  exit: Exit.Exit<NodeEnd>
): Effect.Effect<void> => {
  if (Exit.isSuccess(exit)) {
    context.close()
    tellUnasked(live, context)
    return endChildren(live, live.stopping ?? "Stopped")
  }
  context.abort()
  context.close()
  return Effect.asVoid(Effect.andThen(endChildren(live), graceFor(live, settled)))
}
