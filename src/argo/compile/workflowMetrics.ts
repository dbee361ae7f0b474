/** The metrics of a workflow as a whole: told while it runs, emitted when its exit handler has ended. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { LiveNode } from "../../engine/Interpreter.ts"
import { type NodeResult, statusOf } from "../values/Result.ts"
import { emit, tellRealtime } from "./emit.ts"
import { runWorkflow } from "./program.ts"
import type { Session } from "./Session.ts"

/** Runs a workflow, and emits its metrics; not where this process only leaves it. */
export const runMeasured = (session: Session, live: LiveNode): Effect.Effect<NodeResult> => {
  const { spec, startedAt } = session.parts
  const metrics = spec.metrics?.prometheus
  if (metrics === undefined) return runWorkflow(session, live)
  return Effect.suspend(() => {
    const emitter = { session, live, path: live.path, metrics, variables: session.variables }
    const end = tellRealtime(emitter, startedAt)
    return Effect.onExit(runWorkflow(session, live), (exit) =>
      Effect.sync(() => {
        end()
        if (Exit.isFailure(exit) && live.run.ledger.row.stopping === null) return
        const result: NodeResult = Exit.isSuccess(exit) ? exit.value : { phase: "Failed" }
        session.status = statusOf(result)
        emit(emitter, { ...result, startedAt, finishedAt: session.parts.now() })
      }))
  })
}
