/**
 * Timers of the process. Alarms keep no process alive: an app with runs to delete in a week may exit today, and whoever
 * opens the file next deletes them. A timer that would first fire after 24 days stands for "somebody waits".
 */
import type { Host } from "../engine/Live.ts"

/** The longest a timer can be set for; whoever hears an alarm earlier than asked sets another. */
const longest = 2 ** 31 - 1

/** The runtime's own, also where a test has put fake timers in its place. */
const { clearInterval, setInterval } = globalThis

/** Calls back at an instant, or after 24 days. */
export const alarm: Host["alarm"] = (at, ring) => {
  // tidy: allow Date.now — timers count real time
  const timer = setTimeout(ring, Math.min(longest, Math.max(0, at - Date.now())))
  timer.unref?.()
  return () => clearTimeout(timer)
}

/** How many want the process to stay, and the one timer that keeps it while somebody does: each run wants it twice. */
let wanted = 0
let timer: ReturnType<typeof setInterval> | undefined

/** Until the returned function is called (once or more), the process does not exit by itself. */
export const stayAlive = (): () => void => {
  if (++wanted === 1) hold()
  let isWanted = true
  return () => {
    if (!isWanted) return
    isWanted = false
    if (--wanted === 0) letGo()
  }
}

/** To make a timer costs more than to use the last one again, where the runtime can do that. */
const hold = (): void => {
  if (typeof timer === "object") timer.ref()
  else timer = setInterval(() => {}, longest)
}

const letGo = (): void => {
  if (typeof timer === "object") return void timer.unref()
  clearInterval(timer)
  timer = undefined
}
