/** The clock of the server: durations of what runs are told by it, whatever the clock of this machine says. */
import { signal } from "@preact/signals"

let offset = 0
let isKnown = false

/** What the server said its clock was just now. */
export const setClock = (serverNow: number): void => {
  offset = serverNow - performance.now()
  if (!isKnown) now.value = serverNow
  isKnown = true
}

/** The time at the server, in milliseconds since the epoch. */
export const readClock = (): number => Math.round(offset + performance.now())

/** The same, four times a second, while the page is seen. */
export const now = signal(0)

setInterval(() => {
  if (isKnown && !document.hidden) now.value = readClock()
}, 250)
