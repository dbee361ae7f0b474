/** Daemons: a node that has ended once its process serves; the process goes on until the steps or DAG around it end. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { LiveNode } from "../../../engine/Interpreter.ts"
import type { Workspace } from "../../../process/Executor.ts"
import type { Frame } from "../../compile/Frame.ts"
import { runPod } from "./pod.ts"
import { untilReady } from "./readiness.ts"
import { failed, isBad, type NodeResult, succeeded } from "../../values/Result.ts"

/** Starts a daemon inside its node; the result comes when it is ready, or has ended before it was. */
export const runDaemon = (frame: Frame, live: LiveNode): Effect.Effect<NodeResult> => {
  const { keeper } = frame.place
  const early = Deferred.makeUnsafe<NodeResult>()
  const served = Deferred.makeUnsafe<void>()
  const isServing = (workspace: Workspace): Effect.Effect<void> =>
    Effect.asVoid(Effect.andThen(untilReady(frame, workspace), Deferred.succeed(served, undefined)))
  const main = Effect.tap(
    runPod(frame, live, isServing),
    (result) => Deferred.succeed(early, isBad(result) ? result : failed("the daemon ended before it was ready"))
  )
  const ready = Effect.as(Deferred.await(served), succeeded())
  const first = Effect.raceFirst(Deferred.await(early), ready)
  if (keeper === undefined) return Effect.raceFirst(Effect.andThen(main, Deferred.await(early)), ready)
  return Effect.andThen(keeper.keep(main), first)
}
