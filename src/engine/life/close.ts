/** How an engine is closed, by whoever opened it. */
import * as Effect from "effect/Effect"
import { admit, callable, duration } from "../../workflow/admit.ts"
import { heardOutside } from "../../workflow/heardOutside.ts"
import { type DurationInput, millis } from "../../workflow/millis.ts"
import type { InvalidValue } from "../../workflow/values.ts"
import { atDoor } from "../door.ts"
import type { Engine } from "../Engine.ts"
import { drain, type LeftRun, leftRuns } from "./drain.ts"

/** How to close an engine. */
export interface CloseOptions {
  /**
   * How long live runs may go on first; default not at all. It ends early once all of them have ended or wait for what
   * does not come by itself until then, such as a person. Nothing new begins meanwhile.
   */
  readonly drain?: DurationInput
  /** Is told of the open runs that are left: they go on when the file is opened again. */
  readonly onLeft?: (left: ReadonlyArray<LeftRun>) => void
}

/**
 * Closes an engine; what still runs then is interrupted without being ended, and goes on when the file is opened again.
 */
export const close = (engine: Engine, options?: CloseOptions): Effect.Effect<void, InvalidValue> =>
  atDoor(() => {
    const { drain: limit, onLeft } = admit<CloseOptions>("the options of close", options, rules)
    if (engine.closed) return engine.close
    engine.closing = true
    const { context, outbox } = engine.host
    const end = leaving(engine, onLeft)
    const settled = outbox === undefined ? end : Effect.andThen(Effect.provideContext(outbox.settle(), context), end)
    return limit === undefined ? settled : Effect.andThen(drain(engine, millis(limit)), settled)
  })

const leaving = (engine: Engine, onLeft: CloseOptions["onLeft"]): Effect.Effect<void> => {
  if (onLeft === undefined) return engine.close
  return Effect.suspend(() => {
    const left = leftRuns(engine)
    return Effect.andThen(engine.close, Effect.sync(() => heardOutside(() => onLeft(left))))
  })
}

const rules = { drain: duration, onLeft: callable }
