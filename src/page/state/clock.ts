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

/** The instant that is looked at while it is in the past; else 0. */
export const past = signal(0)

/** The instant until which open things are told: now, or what is looked at. */
export const until = (): number => past.value || now.value

setInterval(() => {
  if (isKnown && !document.hidden) now.value = readClock()
}, 250)
