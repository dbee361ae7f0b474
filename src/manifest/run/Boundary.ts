/**
 * The children of one steps or DAG node together: how many may be active, and whether a failure keeps the others from starting.
 *
 * Owns: the gate and whether somebody failed. Invariant: with `failFast` nothing starts after a failure.
 */
import * as Effect from "effect/Effect"
import type { Template } from "../Manifest.ts"
import { Gate } from "./Gate.ts"
import { failed, isBad, type NodeResult } from "./Result.ts"

/** The message of what was held back. */
export const heldBack = "template has failed or errored children and failFast enabled"

/** The bounds of one steps or DAG node. */
export class Boundary {
  readonly #gate: Gate
  readonly #failFast: boolean
  #failed = false

  constructor({ failFast, parallelism }: Template) {
    this.#gate = new Gate(parallelism ?? Infinity)
    this.#failFast = failFast === true
  }

  /** Whether something was or would be held back. */
  get broken(): boolean {
    return this.#failFast && this.#failed
  }

  /** Runs a child when there is room; with `failFast`, not after a failure. */
  pass(child: Effect.Effect<NodeResult>): Effect.Effect<NodeResult> {
    return this.#gate.pass(Effect.suspend(() => {
      if (this.broken) return Effect.succeed(failed(heldBack))
      return Effect.map(child, (result) => {
        if (isBad(result)) this.#failed = true
        return result
      })
    }))
  }
}
