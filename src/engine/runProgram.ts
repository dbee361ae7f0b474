/**
 * The program of a whole run: main graph → exit handler → the run's ending, recorded last and in one append.
 * `stop` is a signal into the main graph, so the exit handler still runs; `terminate` interrupts this very fiber, so it does not.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { openBeneath } from "../run/beneath.ts"
import { phaseFor } from "../run/reason.ts"
import { leftovers } from "../run/abandon.ts"
import { hook as hookPath, onExit as exitPath } from "../run/path.ts"
import { isFailure } from "../run/Phase.ts"
import type { HandlerDef } from "../workflow/Definition.ts"
import { stopAfter } from "./attempts.ts"
import { endChildren } from "./children.ts"
import { runGraph } from "./graph.ts"
import { handlerSpec } from "./handler.ts"
import { launch } from "./launch.ts"
import type { LiveRun } from "./LiveRun.ts"
import { ended, errored, type NodeEnd, succeeded, toEnding } from "./NodeEnd.ts"

/** Runs a run from wherever its journal stands to its recorded end; never fails. */
export const runProgram = (live: LiveRun): Effect.Effect<NodeEnd> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function*() {
      live.ledger.run({ type: "RunStarted", owner: live.host.journal.process })
      hook(live, "started", undefined)
      const main = mainEnd(live, yield* Effect.exit(restore(timed(live))))
      const end = live.root.cancelled === undefined ? yield* aftermath(live, main, restore) : main
      yield* endChildren(live.root)
      return yield* finish(live, end)
    })
  )

const timed = (live: LiveRun): Effect.Effect<NodeEnd> => {
  const graph = runGraph(live.root, live.plan, live.input, "")
  const { timeout } = live.plan.workflow
  if (timeout === Infinity) return graph
  const left = Math.max(0, live.ledger.row.startedAt + timeout - live.host.now())
  return stopAfter(live.root, graph, left)
}

const mainEnd = (live: LiveRun, exit: Exit.Exit<NodeEnd>): NodeEnd => {
  if (Exit.isSuccess(exit)) return exit.value
  if (Cause.hasInterrupts(exit.cause)) return ended("Failed", live.root.reason, `${live.root.reason} while it was running`)
  return errored("Defect", Cause.squash(exit.cause), "The engine broke")
}

type Restore = <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E>

/** Hooks and the exit handler of the run; a handler that fails turns a succeeded run into a failed one. */
const aftermath = (live: LiveRun, main: NodeEnd, restore: Restore): Effect.Effect<NodeEnd> =>
  Effect.gen(function*() {
    hook(live, isFailure(main.phase) ? "failed" : "succeeded", main)
    const handler = yield* Effect.exit(restore(exitHandler(live, main)))
    yield* Effect.exit(restore(hooksEnded(live)))
    if (Exit.isFailure(handler) || live.root.cancelled !== undefined) {
      const reason = live.root.reason
      return main.phase === "Succeeded" ? ended("Failed", reason, `${reason} during its exit handler`) : main
    }
    return main.phase === "Succeeded" && isFailure(handler.value.phase) ? handlerFailed(handler.value) : main
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
  if (def === undefined) return Effect.succeed(succeeded("null"))
  return Effect.callback((resume) => {
    follow(live, def, exitPath(""), "exit", main, (end) => resume(Effect.succeed(end)))
    return endChildren(live.root)
  })
}

const hook = (live: LiveRun, name: "started" | "succeeded" | "failed", end: NodeEnd | undefined): void => {
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
  launch(live.root, handlerSpec(live.root, { path: "", output, error }, def, path, kind, end), done)
}

const hooksEnded = (live: LiveRun): Effect.Effect<void> =>
  Effect.callback((resume) => {
    if (live.root.followers === 0) return resume(Effect.void)
    live.root.onFollowers = () => resume(Effect.void)
    return endChildren(live.root)
  })

/** The last append of a run's epoch; nothing follows it, and whoever waits is told only once it is durable. */
const finish = (live: LiveRun, end: NodeEnd): Effect.Effect<NodeEnd> => {
  if (live.abandoned) return Effect.succeed(end)
  for (const event of leftovers(live.ledger.nodes, end.phase === "Succeeded" ? undefined : end.reason)) live.ledger.node(event)
  if (live.takenOver) closeOpen(live, end)
  const ending = { ...toEnding(end), ...(end.text === undefined ? {} : { output: JSON.parse(end.text) }) }
  return Effect.as(Effect.ignore(live.ledger.runDurably({ type: "RunFinished", ending })), end)
}

/** What an earlier life of the run left open, and this one did not come to because it was cut short. */
const closeOpen = (live: LiveRun, end: NodeEnd): void => {
  const { reason = "Terminated" } = end
  for (const path of openBeneath(live.ledger.nodes.values(), "")) {
    live.ledger.node({ type: "NodeFinished", path, ending: { phase: phaseFor(reason), reason, message: "The run ended first" } })
  }
}
