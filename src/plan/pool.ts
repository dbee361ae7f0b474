/** Checks where bodies are to run. */
import type { AnyTask } from "../workflow/Definition.ts"
import { nameFault } from "../workflow/values.ts"
import type { LimitFault } from "./LimitFault.ts"

/** What is wrong with the pool of a task; without a task it is that of a workflow or of something that waits. */
export const poolFaults = (pool: string | undefined, task: AnyTask | undefined): ReadonlyArray<LimitFault> => {
  if (pool === undefined) return []
  const fault = nameFault(pool, 128)
  if (fault !== undefined) {
    return [{ code: "invalid-pool", message: `The pool it is on ${fault.what}`, hint: fault.hint }]
  }
  if (task !== undefined) return []
  const message = `It cannot be on pool "${pool}": only the bodies of tasks run there`
  return [{ code: "invalid-pool", message, hint: "Give `on` to the tasks inside it" }]
}
