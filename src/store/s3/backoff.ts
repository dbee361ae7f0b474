/** The pauses between tries. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"

const longest = 20_000

/**
 * Pauses that double up to 20 s, each cut to between half and all of
 * it by chance, so that many who failed at once do not return at once.
 */
export const backoff = (first: number) =>
  Schedule.exponential(first).pipe(
    Schedule.modifyDelay(({ duration }) =>
      Effect.map(Random.next, (chance) => Math.min(longest, Duration.toMillis(duration)) * (0.5 + chance / 2))
    )
  )
