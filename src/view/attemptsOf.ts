/** What became of the attempts of a node, from the events of its run. Pure. */
import type { EncodedError, Recorded } from "../run/Event.ts"
import { errorText } from "./errorText.ts"
import { Presence } from "./Presence.ts"

/** An attempt that failed, or that was cut off. */
export interface FailedAttempt {
  readonly attempt: number
  /** Milliseconds; of one that was cut off, as far as that is known. */
  readonly took: number
  /** Present when its process ended while it worked: it was begun again under the same number. */
  readonly isCut?: true
  readonly error: string
  /** What was thrown, where something was. */
  readonly thrown?: EncodedError
  /** Milliseconds until the next attempt; absent for the last one. */
  readonly delay?: number
}

const cutOff = "cut off with its process"

/**
 * The attempts of a node that came to nothing since it was last begun, the last one included when the node failed. One
 * that was cut off lasted until the run was left, or is known to have until the last event before that.
 */
export const failedAttempts = (events: ReadonlyArray<Recorded>, path: string): ReadonlyArray<FailedAttempt> => {
  let found: Array<FailedAttempt> = []
  let [began, attempt, gone, last] = [0, 1, 0, 0]
  const presence = new Presence()
  for (const recorded of events) {
    const { at, event } = recorded
    gone = presence.take(recorded) ?? gone
    if (!("path" in event) || event.path !== path) continue
    if (event.type === "NodeStarted") [found, began, attempt] = [[], at, 1]
    else if (event.type === "AttemptStarted") {
      if (event.rerun > 0 && event.attempt === attempt) {
        found.push({ attempt, took: Math.max(gone, last) - began, isCut: true, error: cutOff })
      }
      ;[began, attempt] = [at, event.attempt]
    } else if (event.type === "AttemptFailed") {
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
    last = at
  }
  return found
}
