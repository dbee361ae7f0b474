/** Alarms that keep no process alive: an app with runs to delete in a week may exit today, and whoever opens the file next deletes them. */
import type { Host } from "../engine/Live.ts"

/** The longest a timer can be set for; whoever hears it earlier than asked sets another. */
const longest = 2 ** 31 - 1

/** Calls back at an instant, or after 24 days. */
export const alarm: Host["alarm"] = (at, ring) => {
  // tidy: allow Date.now — timers count real time
  const timer = setTimeout(ring, Math.min(longest, Math.max(0, at - Date.now())))
  timer.unref?.()
  return () => clearTimeout(timer)
}
