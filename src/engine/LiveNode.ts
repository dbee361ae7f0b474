/**
 * One node while it is open in this process: the tree that interruption walks.
 *
 * Owns: its fiber, its open children, why it is being cancelled. Does not own: its row (the ledger does) or its program.
 * Invariants
 * - T1 A cancelled node keeps its first reason.
 * - T2 `stop` reaches every open leaf beneath, except beneath exit handlers and hooks; composites are left to end by themselves.
 */
import type * as Fiber from "effect/Fiber"
import type { Reason } from "../run/Phase.ts"
import type { LiveRun } from "./LiveRun.ts"
import type { NodeEnd } from "./NodeEnd.ts"

/** An open node. */
export class LiveNode {
  readonly children = new Set<LiveNode>()
  readonly run: LiveRun
  readonly parent: LiveNode | undefined
  readonly path: string
  readonly depth: number
  /** Whether it belongs to an exit handler or hook, which `stop` spares. */
  readonly handler: boolean
  fiber: Fiber.Fiber<unknown, unknown> | undefined
  cancelled: Reason | undefined
  /** Set when the node's own work must not begin anything more. */
  stopping: Reason | undefined
  holdsSlot = false
  /** How it ended, once recorded: a fiber that was interrupted late still exits as interrupted. */
  ended: NodeEnd | undefined
  /** Whether it began in an earlier life of the run. */
  resumed = false
  /** Set while it waits for its children to end; only then does `cancel` have to reach them from here. */
  draining = false
  /** Hooks and exit handlers of this node that are still open, and who waits for them. */
  followers = 0
  onFollowers: (() => void) | undefined
  readonly hooks = new Set<string>()
  /** Whether its work is only to run children: it ends by itself once they ended. */
  readonly composite: boolean
  /** How work in progress hears of `stop`; without it a leaf is interrupted, a composite looks at `stopping` when it begins. */
  onStop: (() => void) | undefined

  constructor(run: LiveRun, parent: LiveNode | undefined, path: string, handler: boolean, composite: boolean) {
    this.run = run
    this.parent = parent
    this.path = path
    this.depth = parent === undefined ? 0 : parent.depth + 1
    this.handler = handler
    this.composite = composite
  }

  /** Asks the work beneath this node to end, so that exit handlers can still run. */
  stop(reason: Reason): void {
    if (this.stopping !== undefined) return
    this.stopping = reason
    if (this.onStop !== undefined) this.onStop()
    else if (!this.composite) this.cancel(reason)
    this.stopChildren(reason)
  }

  /** Stops every child except exit handlers and hooks of children. */
  stopChildren(reason: Reason): void {
    for (const child of [...this.children]) if (this.handler || !child.handler) child.stop(reason)
  }

  /** Interrupts this node and all beneath it, exit handlers included. */
  cancel(reason: Reason): void {
    this.cancelled ??= reason
    this.fiber?.interruptUnsafe()
    if (this.draining) { for (const child of [...this.children]) child.cancel(reason) }
  }

  /** Whether this node or one above it was cancelled, or the whole run is left to somebody else. */
  get isCut(): boolean {
    for (let node: LiveNode | undefined = this; node !== undefined; node = node.parent) {
      if (node.cancelled !== undefined) return true
    }
    return this.run.abandoned
  }

  /** The nearest reason for which this node is being cancelled. */
  get reason(): Reason {
    for (let node: LiveNode | undefined = this; node !== undefined; node = node.parent) {
      if (node.cancelled !== undefined) return node.cancelled
    }
    return "Terminated"
  }

  /** Gives the attempt slot back, if it holds one. */
  releaseSlot(): void {
    if (!this.holdsSlot) return
    this.holdsSlot = false
    this.run.host.slots.release()
  }
}
