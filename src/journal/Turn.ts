/** When a group of writes is committed: after the current event-loop turn. Simulations replace it. */
import * as Context from "effect/Context"

/** Runs a callback once the current turn's work is done; default `setImmediate`. */
export const Turn: Context.Reference<(run: () => void) => void> = Context.Reference("pinnace/journal/Turn", {
  defaultValue: () => (run: () => void) => {
    setImmediate(run)
  }
})
