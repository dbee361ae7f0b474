/**
 * Children of one composite in the order they have among themselves: the nodes of a graph, the items of a map, the
 * steps of an interpreted program. A child may begin once those before it have ended; what that means is the flow's
 * matter, how many work at once, what a failure keeps from beginning, and how a stop passes is decided here.
 */
import * as Effect from "effect/Effect"
import { isFailure, type Reason } from "../../run/Phase.ts"
import type { FailFast } from "../../workflow/Definition.ts"
import type { LiveNode, NodeSpec } from "../Live.ts"
import { collectChildren } from "../node/children.ts"
import type { NodeEnd } from "../node/NodeEnd.ts"
import { Ends } from "./Ends.ts"
import { type Numbers, zeros } from "./numbers.ts"
import { type Composite, Pool } from "./Pool.ts"
import { Room } from "./Room.ts"

/** What a child waits for and what waits for it, as indexes. */
export interface Edges {
  readonly upstream: ReadonlyArray<number>
  readonly downstream: ReadonlyArray<number>
}

/** Where a flow stands when nothing of it is open any more. */
export interface Outcome {
  /** None for children that never began. */
  readonly ends: Ends
  /** The child whose failure made the flow fail fast. */
  readonly culprit: number | undefined
  /** Why nothing began any more, where that was imposed on the whole flow. */
  readonly halted: Reason | undefined
}

/** Children with their order. */
export interface Flow {
  readonly size: number
  /** By child; absent when none waits for another. */
  readonly edges?: ReadonlyArray<Edges>
  /** How many may be open at once, or a room shared with other flows. */
  readonly room: number | Room
  /** Whether a child takes a place of the room. Default: each does. */
  readonly lodges?: (index: number) => boolean
  readonly failFast: FailFast
  readonly path: (index: number) => string
  /** What child `index` is, once those before it have ended: a node to run, or an ending that needs no run. */
  readonly open: (index: number) => NodeSpec | NodeEnd
  /** Where the ends of its children go. Default: ends of its own. */
  readonly ends?: Ends
  readonly settled?: (index: number, end: NodeEnd) => void
  /** Whether the flow goes on as if this failure had been none. Default: it does not. */
  readonly forgives?: (index: number, end: NodeEnd) => boolean
}

/** Runs the children beneath an open node; answers how they ended. Never fails. */
export const runFlow = (live: LiveNode, flow: Flow): Effect.Effect<Outcome> =>
  Effect.callback<Outcome>((resume) => {
    const running = new Running(live, flow, (outcome) => resume(Effect.succeed(outcome)))
    running.begin()
    return collectChildren(live, running.pool)
  })

/** How many each child waits for. */
const waitsOf = (edges: ReadonlyArray<Edges>): Numbers => {
  const waits = zeros(edges.length, Int32Array)
  for (let index = 0; index < waits.length; index++) waits[index] = edges[index]!.upstream.length
  return waits
}

class Running implements Composite {
  readonly pool: Pool
  readonly #live: LiveNode
  readonly #flow: Flow
  readonly #room: Room
  readonly #done: (outcome: Outcome) => void
  readonly #ends: Ends
  readonly #waits: Numbers | undefined
  #culprit: number | undefined

  constructor(live: LiveNode, flow: Flow, done: (outcome: Outcome) => void) {
    const { edges, room, size } = flow
    this.#live = live
    this.#flow = flow
    this.#done = done
    this.#ends = flow.ends ?? new Ends(size)
    this.#waits = edges === undefined ? undefined : waitsOf(edges)
    this.#room = typeof room === "number" ? new Room(Math.min(room, live.run.host.limits.openNodes)) : room
    this.pool = new Pool(live, size, this.#room, this)
  }

  begun(index: number): boolean {
    return this.#live.run.ledger.begun(this.#flow.path(index))
  }

  goesOn(index: number): boolean {
    return this.#live.run.ledger.nodes.get(this.#flow.path(index))?.phase === "Running"
  }

  lodges(index: number): boolean {
    return this.#flow.lodges === undefined || this.#flow.lodges(index)
  }

  open(index: number): NodeSpec | NodeEnd {
    return this.#flow.open(index)
  }

  begin(): void {
    const { pool } = this
    this.#live.onStop(() => this.#halt(this.#live.stopping ?? "Stopped"))
    for (let index = 0; index < this.#flow.size; index++) if ((this.#waits?.[index] ?? 0) === 0) pool.add(index)
    if (this.#live.stopping !== undefined) pool.halt(this.#live.stopping)
    if (this.#room.held) pool.hold()
    pool.pump()
  }

  settled(index: number, end: NodeEnd): void {
    const flow = this.#flow
    this.#ends.set(index, end)
    flow.settled?.(index, end)
    if (flow.failFast !== false && isFailure(end.phase) && flow.forgives?.(index, end) !== true) this.#failFast(index)
    for (const next of flow.edges?.[index]?.downstream ?? []) if (--this.#waits![next]! === 0) this.pool.add(next)
  }

  #failFast(index: number): void {
    if (this.#culprit !== undefined) return
    this.#culprit = index
    if (this.#flow.failFast === "hold") return this.#room.hold()
    this.#halt("FailFast")
    this.#live.stopChildren("FailFast")
  }

  #halt(reason: Reason): void {
    this.pool.halt(reason)
    this.pool.pump()
  }

  idle(): void {
    this.#done({ ends: this.#ends, culprit: this.#culprit, halted: this.pool.halted })
  }
}
