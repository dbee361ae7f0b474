/** What follows the main part of a run: hooks and the exit handler, each a node of its own. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { hook as hookPath, onExit as exitPath } from "../../run/path.ts"
import { isFailure } from "../../run/Phase.ts"
import type { HandlerDef } from "../../workflow/Definition.ts"
import { noHooks } from "../../workflow/Handler.ts"
import { undo } from "../graph/undo.ts"
import { endChildren } from "../node/children.ts"
import { handlerSpec, isWanted } from "../node/handler.ts"
import type { LiveRun } from "../Live.ts"
import { ended, type NodeEnd, nothing, succeeded } from "../node/NodeEnd.ts"

/** Makes an effect interruptible again. */
export type Restore = <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E>

/**
 * What undoes the run where it did not work out, its hooks and its exit handler; a handler that fails turns a succeeded
 * run into a failed one.
 */
export const aftermath = (live: LiveRun, own: NodeEnd, restore: Restore): Effect.Effect<NodeEnd> =>
  Effect.gen(function* () {
    const main = isFailure(own.phase) ? yield* compensated(live, own, restore) : own
    if (live.root.cancelled !== undefined) return main
    hook(live, isFailure(main.phase) ? "failed" : "succeeded", main)
    const handler = yield* Effect.exit(restore(exitHandler(live, main)))
    yield* Effect.exit(restore(hooksEnded(live)))
    if (Exit.isFailure(handler) || live.root.cancelled !== undefined) {
      const reason = live.root.reason
      return main.phase === "Succeeded" ? ended("Failed", reason, `${reason} during its exit handler`) : main
    }
    return main.phase === "Succeeded" && isFailure(handler.value.phase) ? handlerFailed(handler.value) : main
  })

/** Whether it comes to nothing. */
export const isPlain = ({ plan: { workflow }, root }: LiveRun, { phase }: NodeEnd): boolean =>
  phase === "Succeeded" && workflow.onExit === undefined && workflow.hooks === noHooks && root.followers === 0

const compensated = (live: LiveRun, main: NodeEnd, restore: Restore): Effect.Effect<NodeEnd> =>
  Effect.map(Effect.exit(restore(undo(live.root, live.plan, "", main))), (exit) => {
    if (Exit.isFailure(exit)) return ended("Failed", live.root.reason, `${live.root.reason} while it was being undone`)
    if (exit.value.length === 0) return main
    const message = `${main.message ?? main.phase}. What these nodes did could not be undone: ${exit.value.join(", ")}`
    return { ...main, phase: "Failed", reason: "CompensationFailed", message }
  })

const handlerFailed = (end: NodeEnd): NodeEnd => ({
  phase: "Failed",
  reason: "ExitHandlerFailed",
  message: `Its exit handler did not succeed: ${end.message ?? end.phase}`,
  cause: end.cause ?? exitPath(""),
  error: end.error
})

const exitHandler = (live: LiveRun, main: NodeEnd): Effect.Effect<NodeEnd> => {
  const def = live.plan.workflow.onExit
  if (def === undefined) return Effect.succeed(succeeded(nothing))
  return Effect.callback((resume) => {
    follow(live, def, exitPath(""), "exit", main, (end) => resume(Effect.succeed(end)))
    return endChildren(live.root)
  })
}

/** Fires a hook of the run. */
export const hook = (live: LiveRun, name: "started" | "succeeded" | "failed", end: NodeEnd | undefined): void => {
  const def = live.plan.workflow.hooks[name]
  if (def === undefined) return
  live.root.followers++
  follow(live, def, hookPath("", name), "hook", end, () => {
    live.root.followers--
    if (live.root.followers === 0) live.root.onFollowers?.()
  })
}

const follow = (
  live: LiveRun,
  def: HandlerDef,
  path: string,
  kind: "exit" | "hook",
  end: NodeEnd | undefined,
  done: (end: NodeEnd) => void
): void => {
  const { error, output } = live.plan.workflow
  const owner = { path: "", output, error }
  if (!isWanted(live.root, owner, def, path, end, 1)) return done(succeeded(nothing))
  live.host.kernel.launch(live.root, handlerSpec(live.root, owner, def, path, kind, end, 1), done)
}

const hooksEnded = (live: LiveRun): Effect.Effect<void> =>
  Effect.callback((resume) => {
    if (live.root.followers === 0) return resume(Effect.void)
    live.root.onFollowers = () => resume(Effect.void)
    return endChildren(live.root)
  })
