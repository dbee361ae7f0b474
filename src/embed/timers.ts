/**
 * Timers of the process. Alarms keep no process alive: an app with runs to delete in a week may exit today, and whoever
 * opens the file next deletes them. A timer that would first fire after 24 days stands for "somebody waits".
 */
import type { Host } from "../engine/Live.ts"

/** The longest a timer can be set for; whoever hears an alarm earlier than asked sets another. */
const longest = 2 ** 31 - 1

/** The runtime's own, also where a test has put fake timers in their place. */
const { clearInterval, setInterval } = globalThis

/** Calls back at an instant, or after 24 days. */
export const alarm: Host["alarm"] = (at, ring) => {
  // tidy: allow Date.now — timers count real time
  const timer = setTimeout(ring, Math.min(longest, Math.max(0, at - Date.now())))
  timer.unref?.()
  return () => clearTimeout(timer)
}

/** How many want the process to stay, and the one timer that keeps it. */
let wanted = 0
let timer: ReturnType<typeof setInterval> | undefined

/** Until the returned function is called (once or more), the process does not exit by itself. */
export const stayAlive = (): () => void => {
  wanted++
  timer ??= setInterval(() => {}, longest)
  let isWanted = true
  return () => {
    if (!isWanted) return
    isWanted = false
    if (--wanted > 0) return
    clearInterval(timer)
    timer = undefined
  }
}
