/** What would happen, asked before it does: again whenever something else is asked for. */
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { wordsOf } from "../api/Client.ts"
import { standing } from "../api/connection.ts"

/** What was answered. */
export interface Preview<A> {
  /** The answer to what is asked now, once it is there. */
  readonly plan?: A
  /** The last answer, to be read meanwhile. */
  readonly last?: A
  readonly problem?: string
  /** Asks once more. */
  readonly again: () => void
}

/** How long nothing else is asked for before another question is put, in milliseconds. */
const pause = 200

/** Asks; `key` tells one question from another, none asks nothing. A connection that came back is asked anew. */
export const usePreview = <A>(key: string | undefined, ask: () => Promise<A>): Preview<A> => {
  const told = useSignal<Omit<Preview<A>, "again">>({})
  const turn = useSignal(0)
  const isLost = standing.value.is === "lost"
  useEffect(() => {
    const { last } = told.peek()
    const before = last === undefined ? {} : { last }
    told.value = before
    if (key === undefined || isLost) return
    let isCurrent = true
    const timer = setTimeout(() => {
      ask().then(
        (plan) => void (isCurrent && (told.value = { plan, last: plan })),
        (error: unknown) => void (isCurrent && (told.value = { ...before, problem: wordsOf(error) }))
      )
    }, last === undefined ? 0 : pause)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [key, turn.value, isLost])
  return { ...told.value, again: () => void turn.value++ }
}
