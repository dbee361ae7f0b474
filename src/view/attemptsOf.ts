/** What became of the attempts of a node, from the events of its run. Pure. */
import type { EncodedError, Recorded } from "../run/Event.ts"
import { errorText } from "./errorText.ts"

/** An attempt that failed. */
export interface FailedAttempt {
  readonly attempt: number
  /** Milliseconds. */
  readonly took: number
  readonly error: string
  /** What was thrown, where something was. */
  readonly thrown?: EncodedError
  /** Milliseconds until the next attempt; absent for the last one. */
  readonly delay?: number
}

/** The failed attempts of a node since it was last begun, the last one included when the node failed. */
export const failedAttempts = (events: ReadonlyArray<Recorded>, path: string): ReadonlyArray<FailedAttempt> => {
  let found: Array<FailedAttempt> = []
  let [began, attempt] = [0, 1]
  for (const { at, event } of events) {
    if (!("path" in event) || event.path !== path) continue
    if (event.type === "NodeStarted") [found, began, attempt] = [[], at, 1]
    else if (event.type === "AttemptStarted") [began, attempt] = [at, event.attempt]
    else if (event.type === "AttemptFailed") {
      found.push({
        attempt: event.attempt,
        took: at - began,
        error: errorText(event),
        thrown: event.error,
        delay: event.delay
      })
      attempt = event.attempt + 1
    } else if (event.type === "NodeFinished" && event.ending.phase !== "Succeeded") {
      const { error } = event.ending
      const thrown = error === undefined ? {} : { thrown: error }
      found.push({ attempt, took: at - began, error: errorText(event.ending), ...thrown })
    }
  }
  return found
}
