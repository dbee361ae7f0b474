/** How an engine is closed, by whoever opened it. */
import * as Effect from "effect/Effect"
import { admit, duration } from "../../workflow/admit.ts"
import { type DurationInput, millis } from "../../workflow/millis.ts"
import type { InvalidValue } from "../../workflow/values.ts"
import { atDoor } from "../door.ts"
import type { Engine } from "../Engine.ts"

/** How to close an engine. */
export interface CloseOptions {
  /** How long live runs may go on first; default not at all. Nothing new begins meanwhile. */
  readonly drain?: DurationInput
}

/**
 * Closes an engine; what still runs then is interrupted without being ended, and goes on when the file is opened again.
 */
export const close = (engine: Engine, options?: CloseOptions): Effect.Effect<void, InvalidValue> =>
  atDoor(() => {
    const { drain } = admit<CloseOptions>("the options of close", options, { drain: duration })
    if (drain === undefined || engine.closed) return engine.close
    engine.closing = true
    return Effect.andThen(engine.drain(millis(drain)), engine.close)
  })
