/**
 * The children of one steps or DAG node together: how many may be active,
 * whether a failure keeps the others from starting, and the daemons.
 *
 * Owns: the gate, whether somebody failed, the fibers of daemons. Invariants: with
 * `failFast` nothing starts after a failure; when the node ends no daemon is left.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Template } from "../document/Manifest.ts"
import { Gate } from "./Gate.ts"
import { failed, isBad, type NodeResult } from "../values/Result.ts"

/** The message of what was held back. */
export const heldBack = "template has failed or errored children and failFast enabled"

/** The bounds of one steps or DAG node. */
export class Boundary {
  readonly #gate: Gate
  readonly #failFast: boolean
  #failed = false
  readonly #daemons = new Set<Fiber.Fiber<unknown, unknown>>()

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

  /** Runs something until the node ends. */
  keep(daemon: Effect.Effect<unknown>): Effect.Effect<void> {
    return Effect.map(Effect.forkDetach(daemon, { startImmediately: true }), (fiber) => {
      this.#daemons.add(fiber)
    })
  }

  /** Ends the daemons when the work of the node does. */
  around<A>(work: Effect.Effect<A>): Effect.Effect<A> {
    return Effect.ensuring(work, Effect.suspend(() => Fiber.interruptAll(this.#daemons)))
  }
}
