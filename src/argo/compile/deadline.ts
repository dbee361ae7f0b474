/** How long a whole workflow may take. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { LiveNode } from "../../engine/Interpreter.ts"
import { durationMillis } from "../document/amounts.ts"
import type { NodeResult } from "../values/Result.ts"
import type { Session } from "./Session.ts"

/** At the workflow's deadline the main part is stopped; exit handlers are not. */
export const deadline = (
  session: Session,
  live: LiveNode,
  main: Effect.Effect<NodeResult>
): Effect.Effect<NodeResult> => {
  const limit = durationMillis(session.parts.spec.activeDeadlineSeconds ?? "")
  if (limit === undefined) return main
  const left = Math.max(0, session.parts.startedAt + limit - session.parts.now())
  const alarm = Effect.andThen(Effect.sleep(Duration.millis(left)), Effect.sync(() => live.stopChildren("Timeout")))
  return Effect.raceFirst(main, Effect.andThen(alarm, Effect.never))
}
