/** Text that is typed, and handed on a moment after the last key. */
import { type Signal, useSignal } from "@preact/signals"
import { useLayoutEffect, useRef } from "preact/hooks"

/** What a field needs. */
export interface Typed {
  readonly text: Signal<string>
  /** Hands a text on at once. */
  readonly say: (text: string) => void
}

/**
 * The text of a field whose value lies elsewhere, such as in the address. What comes from elsewhere replaces it; what
 * comes back of what was typed never does, since more may have been typed meanwhile.
 */
export const useTyped = (value: string, onChange: (text: string) => void, millis: number): Typed => {
  const text = useSignal(value)
  const known = useRef(value)
  const say = (said: string): void => {
    known.current = said
    text.value = said
    onChange(said)
  }
  useLayoutEffect(() => {
    if (value === known.current) return
    known.current = value
    text.value = value
  }, [value])
  useLayoutEffect(() => {
    if (text.value === known.current) return
    const timer = setTimeout(() => say(text.value), millis)
    return () => clearTimeout(timer)
  }, [text.value])
  return { text, say }
}
