/**
 * A workflow, checked and frozen: names resolved to edges, an order
 * that respects them, and a digest that tells versions apart.
 */
import type { Condition } from "../workflow/Condition.ts"
import type { AnyWorkflow, NodeDef } from "../workflow/Definition.ts"

/** One node with its edges resolved. */
export interface PlanNode {
  readonly name: string
  readonly index: number
  readonly def: NodeDef
  /** Indexes of the nodes this one waits for (values, order and conditions together), ascending. */
  readonly upstream: ReadonlyArray<number>
  /** Indexes of the nodes that wait for this one, ascending. */
  readonly downstream: ReadonlyArray<number>
  /** The condition under which it runs; the default rule when the author gave none is `undefined`. */
  readonly depends: Condition | undefined
  /** The plan of a nested workflow (also of a map over a workflow). */
  readonly plan: Plan | undefined
}

/** A frozen plan. */
export interface Plan {
  readonly workflow: AnyWorkflow
  readonly name: string
  readonly nodes: ReadonlyArray<PlanNode>
  readonly byName: ReadonlyMap<string, PlanNode>
  /** Indexes of nodes nobody waits for. */
  readonly targets: ReadonlyArray<number>
  /** A digest of the whole shape, nested plans included. */
  readonly digest: string
}
