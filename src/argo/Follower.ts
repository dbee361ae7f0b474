/**
 * Tells of nodes as they begin and end, from a run's events as they come.
 *
 * Owns: what is known of each open node. Invariant: each event is looked at once.
 */
import type { Recorded } from "../run/Event.ts"
import type { NodeMeta } from "./compile/NodeMeta.ts"
import { fromEnd } from "./values/Result.ts"

/** A node that began or ended. */
export interface NodeNews {
  readonly name: string
  readonly phase: string
  readonly message: string
}

/** Follows one run. */
export class Follower {
  readonly #metas = new Map<string, NodeMeta>()

  /** What an event says of a node that is shown, or `undefined`. */
  see({ event }: Recorded): NodeNews | undefined {
    if (event.type === "NodeStarted") {
      const meta = event.shows as NodeMeta | undefined
      if (meta === undefined || meta.nested === true) return undefined
      this.#metas.set(event.path, meta)
      return { name: meta.name, phase: "Running", message: "" }
    }
    const meta = event.type === "NodeFinished" ? this.#metas.get(event.path) : undefined
    if (event.type !== "NodeFinished" || meta === undefined) return undefined
    const { message = "", phase } = fromEnd(event.ending, meta.type)
    return { name: meta.name, phase, message }
  }
}
