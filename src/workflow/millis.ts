/** Durations as authors write them and as the engine counts them. */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"

/** A duration: milliseconds, `"2 hours"`, `"10ms"`, `"5s"`, `"30m"`, `"2h"`, `"7d"`, or what Effect takes for one. */
export type DurationInput = Duration.Input | `${number}${keyof typeof units}`

const units = { ms: "millis", s: "seconds", m: "minutes", h: "hours", d: "days" } as const

const SHORT = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/

/** The duration as Effect reads it. */
const toDuration = (input: DurationInput): Duration.Input => {
  const short = typeof input === "string" ? SHORT.exec(input) : null
  return (short === null ? input : `${short[1]} ${units[short[2] as keyof typeof units]}`) as Duration.Input
}

/**
 * Whole milliseconds of a duration, rounded up; `NaN` for what is
 * none, which the plan reports with all other mistakes. Never throws.
 */
export const millis = (input: DurationInput): number => {
  try {
    if (!isMeant(input)) return NaN
    return Math.ceil(
      Option.match(Duration.fromInput(toDuration(input)), { onNone: () => NaN, onSome: Duration.toMillis })
    )
  } catch {
    return NaN
  }
}

const effectUnits = ["weeks", "days", "hours", "minutes", "seconds", "milliseconds", "microseconds", "nanoseconds"]

/** Effect takes NaN, and objects without a unit it knows, for no time at all. */
const isMeant = (input: unknown): boolean => {
  if (typeof input === "number") return !Number.isNaN(input)
  if (typeof input !== "object" || input === null || Duration.isDuration(input) || Array.isArray(input)) return true
  const given = Object.entries(input)
  return given.length > 0 && given.every(([unit, many]) => effectUnits.includes(unit) && !Number.isNaN(many))
}
