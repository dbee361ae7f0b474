/** What is read from the server and kept as it was until it is there anew. */
import { type Signal, useSignal } from "@preact/signals"
import { useEffect, useRef } from "preact/hooks"
import { wordsOf } from "../api/Client.ts"
import { hear, standing, tries } from "../api/connection.ts"

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
  const isBusy = useRef(false)
  useEffect(() => {
    if (standing.value.is !== "live" && standing.value.is !== "connecting") return
    let isCurrent = true
    isBusy.current = true
    read().then((it) => {
      if (!isCurrent) return
      value.value = it
      problem.value = ""
    }, (error: unknown) => void (isCurrent && (problem.value = wordsOf(error)))).finally(() => {
      if (isCurrent) isBusy.current = false
    })
    return () => void (isCurrent = false)
  }, [key, turn.value, standing.value.is])
  useEffect(() => {
    if (problem.peek() !== "") turn.value++
  }, [tries.value])
  useEffect(() => {
    if (!live) return
    let timer: ReturnType<typeof setTimeout> | undefined
    // What is being read is waited for, so that a busy file is not asked for more than it can answer.
    const again = (): void => {
      timer = isBusy.current ? setTimeout(again, 400) : undefined
      if (timer === undefined) turn.value++
    }
    const end = hear((it) => {
      if (it.t !== "run" && it.t !== "list") return
      timer ??= setTimeout(again, 400)
    })
    return () => {
      clearTimeout(timer)
      end()
    }
  }, [key, live])
  return { value, problem, again: () => void turn.value++ }
}

/** Reads something until it is there, and never again: what is typed depends on it. */
export const useLoadedOnce = <A>(key: string, read: () => Promise<A>): Loaded<A> => {
  const kept = useRef<{ readonly key: string; readonly value: A } | undefined>(undefined)
  return useLoaded(key, async () => {
    if (kept.current?.key !== key) kept.current = { key, value: await read() }
    return kept.current.value
  })
}
