/** When a group of writes is committed: after the current event-loop turn. Simulations replace it. */
import * as Context from "effect/Context"
import { immediate } from "./immediate.ts"

/** Runs a callback once the current turn's work is done; default `immediate`. */
export const Turn: Context.Reference<(run: () => void) => void> = Context.Reference("pinnace/journal/Turn", {
  defaultValue: () => (run: () => void) => {
    immediate(run)
  }
})
