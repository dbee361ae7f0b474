/** Where an error was thrown, as it can be opened from here. */
import { relative } from "node:path"
import process from "node:process"
import type { EncodedError } from "../../run/Event.ts"

/**
 * The author's own place where an error was thrown, from here:
 * `src/flow.ts:12:9`; of an error without one, that of its cause.
 */
export const placeOf = (error: EncodedError | undefined): string => {
  if (error === undefined) return ""
  if (error.at === undefined) return placeOf(error.cause)
  const from = relative(process.cwd(), error.at)
  return from.startsWith("..") ? error.at : from
}
