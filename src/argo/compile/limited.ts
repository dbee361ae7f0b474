import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Template } from "../document/Manifest.ts"
import { deadlineOf } from "../bodies/pod/command.ts"
import { failed, type NodeResult } from "../values/Result.ts"

/** Ends work that takes longer than its template allows. */
export const limited = (template: Template, work: Effect.Effect<NodeResult>): Effect.Effect<NodeResult> => {
  const limit = deadlineOf(template)
  if (limit === undefined) return work
  const late = failed("Pod was active on the node longer than the specified deadline")
  return Effect.map(Effect.timeoutOption(work, Duration.millis(limit)), Option.getOrElse(() => late))
}
