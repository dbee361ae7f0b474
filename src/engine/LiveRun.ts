/**
 * One run while this process executes it.
 *
 * Owns: the root of the tree of open nodes, whether new work may begin, who waits for signals.
 * Does not own: what is recorded (the ledger), what the commands mean (`control.ts`).
 * Invariants
 * - R1 After `closing` or a lost ledger nothing is recorded and nothing begins: the run stays as its events say, for whoever takes it over.
 */
import type { Plan } from "../plan/Plan.ts"
import type { NodeDef } from "../workflow/Definition.ts"
import type { Host } from "./Host.ts"
import type { Ledger } from "./Ledger.ts"
import { LiveNode } from "./LiveNode.ts"
import type { NodeEnd } from "./NodeEnd.ts"

/** A live run. */
export class LiveRun {
  readonly host: Host
  readonly ledger: Ledger
  readonly plan: Plan
  /** The decoded workflow input. */
  readonly input: unknown
  readonly root: LiveNode
  closing = false
  /** Whether another life of this run came before, in this process or another. */
  takenOver = false
  /** Called when work may begin again after `suspend`. */
  readonly resumed = new Set<() => void>()
  /** Suspended nodes by path: how to wake them with a value as JSON text. */
  readonly signals = new Map<string, (text: string) => void>()
  /** Definitions of suspended nodes by path, so that a value is checked before it is recorded. */
  readonly suspends = new Map<string, NodeDef>()
  readonly logCounts = new Map<string, number>()
  /** Set once, when the run's own program has ended. */
  end: NodeEnd | undefined

  constructor(host: Host, ledger: Ledger, plan: Plan, input: unknown) {
    this.host = host
    this.ledger = ledger
    this.plan = plan
    this.input = input
    this.root = new LiveNode(this, undefined, "", false, true)
  }

  /** Whether endings must not be recorded, because the run goes on elsewhere or later. */
  get abandoned(): boolean {
    return this.closing || this.ledger.lost !== undefined
  }

  /** Whether new nodes must wait. */
  get suspended(): boolean {
    return this.ledger.row.suspended
  }

  /** Lets everything that waited for `resume` look again. */
  wake(): void {
    for (const listener of [...this.resumed]) listener()
  }
}
