/** What is typed into a form. */
import { useSignal } from "@preact/signals"
import { useMemo } from "preact/hooks"
import type { Json } from "../../run/Event.ts"
import { beginningOf, faultsOf, type Shape } from "./shape.ts"

/** The value of a form. */
export interface Input {
  readonly value: Json | undefined
  /** What is wrong with it; the server checks what has no shape. */
  readonly faults: ReadonlyArray<string>
  readonly take: (value: Json | undefined) => void
}

/** The value of a form of a shape, once that is known: what it begins with, until something is typed. */
export const useInput = (shape: Shape | undefined): Input => {
  const typed = useSignal<{ readonly value: Json | undefined } | undefined>(undefined)
  const beginning = useMemo(() => (shape === undefined ? undefined : beginningOf(shape)), [shape])
  const take = (value: Json | undefined): void => void (typed.value = { value })
  if (shape === undefined || shape.is === "nothing") return { value: undefined, faults: [], take }
  const value = typed.value === undefined ? beginning : typed.value.value
  return { value, faults: shape.is === "json" ? [] : faultsOf(shape, value), take }
}
