/**
 * The daemons of one steps or DAG node: they serve until it ends.
 *
 * Owns: their fibers. Invariant: when the node has ended no daemon is left.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"

/** Daemons that end together. */
export class Daemons {
  readonly #fibers = new Set<Fiber.Fiber<unknown, unknown>>()

  /** Runs something until the node ends. */
  keep(daemon: Effect.Effect<unknown>): Effect.Effect<void> {
    return Effect.map(Effect.forkDetach(daemon, { startImmediately: true }), (fiber) => {
      this.#fibers.add(fiber)
    })
  }

  /** Ends the daemons when the work of the node does. */
  around<A>(work: Effect.Effect<A>): Effect.Effect<A> {
    return Effect.ensuring(work, Effect.suspend(() => Fiber.interruptAll(this.#fibers)))
  }
}
