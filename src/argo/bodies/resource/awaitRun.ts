/** Waits for another run of the state file until a resource template's conditions say something about it. */
import * as Effect from "effect/Effect"
import type { LiveNode } from "../../../engine/Interpreter.ts"
import { isTerminal } from "../../../run/Phase.ts"
import type { Resource } from "../../document/Manifest.ts"
import type { JsonObject } from "./objects/target.ts"
import { otherRun } from "./lookUp.ts"
import { parseCondition } from "./condition.ts"

/** The run as an object once a condition holds, or once it has ended; at once where there are no conditions. */
export const awaitRun = (
  live: LiveNode,
  name: string,
  { failureCondition = "", successCondition = "" }: Resource
): Effect.Effect<JsonObject | undefined> => {
  const { journal } = live.run.host
  const [success, failure] = [parseCondition(successCondition), parseCondition(failureCondition)]
  const isOver = (object: JsonObject): boolean =>
    success.length + failure.length === 0 || success.every(({ isTrue }) => isTrue(object)) ||
    failure.some(({ isTrue }) => isTrue(object))
  return Effect.callback((resume) => {
    const ends: Array<() => void> = []
    const end = (): void => {
      for (const each of ends.splice(0)) each()
    }
    const look = (): void => {
      const object = otherRun(live, name)
      const row = journal.findRun(name)
      if (object !== undefined && row !== undefined && !isTerminal(row.phase) && !isOver(object)) return
      end()
      resume(Effect.succeed(object))
    }
    ends.push(journal.subscribe(look), journal.watch())
    look()
    return Effect.sync(end)
  })
}
