/** What an engine tells of the bodies of pools that it runs. */
import type { Phase } from "../../run/Phase.ts"

/** A body of a pool that begins or ends in this process, or that this process cannot run. */
export interface PlacedTold {
  /** The id of the run. */
  readonly run: string
  /** The name of its workflow. */
  readonly workflow: string
  /** The path of the node. */
  readonly node: string
  /** The pool that it runs on. */
  readonly pool: string
  /** The number of its attempt, from 1. */
  readonly attempt: number
  /** Why this process leaves it, and all that is like it, to other workers: it neither begins nor ends here. */
  readonly refused?: string
  /** How it ended; absent as it begins. `left`: it was interrupted, and its attempt is given back or stopped. */
  readonly ended?: {
    readonly how: Phase | "left"
    /** How long it ran, in milliseconds. */
    readonly millis: number
    readonly message?: string
  }
}
