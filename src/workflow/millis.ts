/** Durations as authors write them and as the engine counts them. */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"

/** A duration: milliseconds, `"2 hours"`, `"10ms"`, `"5s"`, `"30m"`, `"2h"`, `"7d"`, or what Effect takes for one. */
export type DurationInput = Duration.Input | `${number}${keyof typeof units}`

const units = { ms: "millis", s: "seconds", m: "minutes", h: "hours", d: "days" } as const

const SHORT = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/

/** The duration as Effect reads it. */
export const toDuration = (input: DurationInput): Duration.Input => {
  const short = typeof input === "string" ? SHORT.exec(input) : null
  return (short === null ? input : `${short[1]} ${units[short[2] as keyof typeof units]}`) as Duration.Input
}

/** Milliseconds of a duration; `NaN` for what is none, which the plan reports with all other mistakes. */
export const millis = (input: DurationInput): number =>
  Option.match(Duration.fromInput(toDuration(input)), { onNone: () => NaN, onSome: Duration.toMillis })
