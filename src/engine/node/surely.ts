import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"

/**
 * What a run has to know to go on: storage that cannot answer just now is asked again. One that will never answer again
 * ends the run here, as the engine hears that it is lost.
 */
export const surely = <A>(read: Effect.Effect<A, JournalError>): Effect.Effect<A> =>
  Effect.catch(read, () => Effect.andThen(Effect.sleep("1 second"), Effect.suspend(() => surely(read))))
