/** The spec of a node that a flow defines as it goes: a wait, or a step for each item. */
import type { PlanNode } from "../../plan/Plan.ts"
import { nodeFaults, runnableFaults } from "../../plan/limits.ts"
import type { AnyRunnable, NodeDef } from "../../workflow/Definition.ts"
import { demand } from "../../workflow/values.ts"
import type { LiveNode, NodeSpec, Readable } from "../Live.ts"

/** A flow has its values at hand: nothing is read of other nodes. */
const scope: Readable = { values: () => ({}), input: undefined, resolve: (ref) => ref.value }

/** Refuses what a plan would refuse: a duration or a policy that cannot be followed. */
export const demandStep = (name: string, step: NodeDef | AnyRunnable): void => {
  const own = "_tag" in step ? [] : nodeFaults(step)
  const runnable = "_tag" in step ? step : step.runnable
  const [fault] = [...own, ...runnable === undefined ? [] : runnableFaults(runnable)]
  if (fault !== undefined) demand(`step "${name}"`, { what: `cannot be followed: ${fault.message}`, hint: fault.hint })
}

/** The spec of a node that stands in no plan. */
export const definedSpec = (live: LiveNode, def: NodeDef, path: string): NodeSpec => {
  const node: PlanNode = {
    name: def.name,
    index: 0,
    def,
    upstream: [],
    downstream: [],
    depends: undefined,
    plan: undefined
  }
  return live.run.host.kernel.planNodeSpec(node, path, live.handler, scope)
}
