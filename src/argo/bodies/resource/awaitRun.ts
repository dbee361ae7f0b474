/** Waits for another run of the state file until a resource template's conditions say something about it. */
import * as Effect from "effect/Effect"
import type { LiveNode } from "../../../engine/Interpreter.ts"
import type { Live } from "../../../journal/Journal.ts"
import type { JournalError } from "../../../journal/JournalError.ts"
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
): Effect.Effect<JsonObject | undefined, JournalError> => {
  const { journal } = live.run.host
  const [success, failure] = [parseCondition(successCondition), parseCondition(failureCondition)]
  const isOver = (object: JsonObject): boolean =>
    success.length + failure.length === 0 || success.every(({ isTrue }) => isTrue(object)) ||
    failure.some(({ isTrue }) => isTrue(object))
  const look = Effect.gen(function* () {
    const row = yield* journal.reads.findRun(name)
    const object = yield* otherRun(live, name)
    const goesOn = object !== undefined && row !== undefined && !isTerminal(row.phase) && !isOver(object)
    return { goesOn, object }
  })
  return Effect.acquireUseRelease(
    Effect.sync(() => new Notices(journal)),
    (notices) => {
      const next: Effect.Effect<JsonObject | undefined, JournalError> = Effect.suspend(() => {
        notices.news = false
        return Effect.flatMap(
          look,
          ({ goesOn, object }) => goesOn ? Effect.andThen(notices.wait, next) : Effect.succeed(object)
        )
      })
      return next
    },
    (notices) => Effect.sync(notices.end)
  )
}

/** Hears of every change of the state file until `end` is called. */
class Notices {
  /** Whether there was one since this was set to false. */
  news = false
  readonly end: () => void
  #wake: () => void = () => {}

  constructor(journal: Live) {
    const unsubscribe = journal.subscribe(() => {
      this.news = true
      this.#wake()
    })
    const unwatch = journal.watch()
    this.end = () => {
      unsubscribe()
      unwatch()
    }
  }

  readonly wait: Effect.Effect<void> = Effect.callback((resume) => {
    if (this.news) return resume(Effect.void)
    this.#wake = () => resume(Effect.void)
  })
}
