/** What the server said of itself. */
import { effect, signal } from "@preact/signals"
import { get, hear, standing } from "../api/connection.ts"
import type { Session } from "../api/wire.ts"
import { setClock } from "./clock.ts"

/** Who the server is, once that is known. */
export const session = signal<Session | undefined>(undefined)

/** Whether anything can be changed here, as far as that is known. */
export const canAct = (): boolean => session.value?.readOnly === false

/** Whether it is known that nothing can be changed here. */
export const isReadOnly = (): boolean => session.value?.readOnly === true

/** Asks again whenever the connection is made. */
export const followSession = (): void => {
  hear((it) => {
    if (it.t === "hello" || it.t === "beat") setClock(it.now)
    if (it.t === "session") askAgain()
  })
  effect(() => {
    if (standing.value.is === "live") askAgain()
  })
}

let asked = 0

/** Of several that are on their way the last one counts; one that came to nothing is asked again while it can be. */
const askAgain = (): void => {
  const own = ++asked
  void get<Session>("/session").then((it) => {
    if (own !== asked) return
    session.value = it
    setClock(it.now)
  }, () => {
    setTimeout(() => {
      if (own === asked && standing.peek().is === "live") askAgain()
    }, 1_000)
  })
}
