/** A suspended run: nothing of it begins until it is resumed. */
import * as Effect from "effect/Effect"
import type { LiveNode } from "../Live.ts"

/** Waits until the run is not suspended; exit handlers and hooks do not wait. */
export const whileSuspended = (live: LiveNode): Effect.Effect<void> =>
  Effect.suspend(() => {
    if (!live.run.suspended || live.handler) return Effect.void
    return Effect.callback<void>((resume) => {
      const look = () => {
        if (live.run.suspended) return
        live.run.resumed.delete(look)
        resume(Effect.void)
      }
      live.run.resumed.add(look)
      look()
      return Effect.sync(() => {
        live.run.resumed.delete(look)
      })
    })
  })
