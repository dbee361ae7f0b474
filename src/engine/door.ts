/** What callers give to the engine, refused before it does anything: as a failure, not as a defect. */
import * as Effect from "effect/Effect"
import { InvalidValue } from "../workflow/values.ts"

/** An effect made from values that were given; what a rule of the door refuses is its failure. */
export const atDoor = <A, E, R>(make: () => Effect.Effect<A, E, R>): Effect.Effect<A, E | InvalidValue, R> =>
  Effect.suspend((): Effect.Effect<A, E | InvalidValue, R> => {
    try {
      return make()
    } catch (error) {
      if (error instanceof InvalidValue) return Effect.fail(error)
      throw error
    }
  })
