/** That the same result is computed once at a time: a permit that bears its key. */
import { ofKey, type PermitsDef } from "../../workflow/Semaphore.ts"
import type { LiveNode } from "../Live.ts"
import { heldAbove } from "./permits.ts"

/** What a node asks for, and that it alone computes what has this key; not inside of what holds permits. */
export const inFlight = (live: LiveNode, own: PermitsDef | undefined, key: string): PermitsDef | undefined => {
  if (heldAbove(live).size > 0) return undefined
  const take = ofKey("cache", key, 1).take()
  return own === undefined ? { takes: [take], hold: "running", priority: 0 } : { ...own, takes: [...own.takes, take] }
}
