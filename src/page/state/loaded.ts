/** What is read from the server and kept as it was until it is there anew. */
import { type Signal, useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { wordsOf } from "../api/Client.ts"
import { hear, standing } from "../api/connection.ts"

/** A value that was read. */
export interface Loaded<A> {
  readonly value: Signal<A | undefined>
  readonly problem: Signal<string>
  readonly again: () => void
}

/** Reads something, again when `key` changes, the connection is made, or, if `live`, a run has changed. */
export const useLoaded = <A>(key: string, read: () => Promise<A>, live = false): Loaded<A> => {
  const value = useSignal<A | undefined>(undefined)
  const problem = useSignal("")
  const turn = useSignal(0)
  useEffect(() => {
    if (standing.value.is !== "live" && standing.value.is !== "connecting") return
    let isCurrent = true
    read().then((it) => {
      if (!isCurrent) return
      value.value = it
      problem.value = ""
    }, (error: unknown) => void (isCurrent && (problem.value = wordsOf(error))))
    return () => void (isCurrent = false)
  }, [key, turn.value, standing.value.is])
  useEffect(() => {
    if (!live) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const end = hear((it) => {
      if (it.t !== "run" && it.t !== "list") return
      timer ??= setTimeout(() => {
        timer = undefined
        turn.value++
      }, 200)
    })
    return () => {
      clearTimeout(timer)
      end()
    }
  }, [key, live])
  return { value, problem, again: () => void turn.value++ }
}
