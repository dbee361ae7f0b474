/** Durations as manifests write them: a number of seconds, or Go's form (`1h30m`). */
import { Refusal } from "./expr/ExprError.ts"
import { parseSpan } from "./expr/goTime.ts"

/** Milliseconds of a duration, or `undefined` when it is none. */
export const durationMillis = (text: string): number | undefined => {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1_000
  try {
    return Number(parseSpan(text).nanos) / 1e6
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}
