/** Durations as the engine counts them. */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"

/** Milliseconds of a duration; `NaN` for what is none, which the plan reports with all other mistakes. */
export const millis = (input: Duration.Input): number =>
  Option.match(Duration.fromInput(input), { onNone: () => NaN, onSome: Duration.toMillis })
