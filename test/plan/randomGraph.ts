/** Random workflows for the properties of the plan: acyclic, or with edges thrown in at random. */
import { and, type Condition, not, or } from "../../src/workflow/Condition.ts"
import type { AnyWorkflow } from "../../src/workflow/Definition.ts"
import { task } from "../../src/workflow/Task.ts"
import { workflow } from "../../src/workflow/Workflow.ts"
import type { Random } from "../run/random.ts"

/** What one node mentions, by name. */
export interface Sketch {
  readonly name: string
  readonly after: ReadonlyArray<string>
  readonly asks: ReadonlyArray<string>
}

const unit = task("unit", { run: () => 1 })

/** Sketches of a graph; with `cyclic`, edges go anywhere, also to themselves. */
export const randomSketches = (random: Random, cyclic: boolean): ReadonlyArray<Sketch> => {
  const size = 1 + random.below(12)
  const names = Array.from({ length: size }, (_, index) => `n${index}`)
  return names.map((name, index) => {
    const pool = cyclic ? names : names.slice(0, index)
    const chosen = pool.filter(() => random.chance(cyclic ? 0.12 : 0.3))
    const asked = chosen.filter(() => random.chance(0.4))
    return { name, after: chosen.filter((one) => !asked.includes(one)), asks: asked }
  })
}

/** The workflow of these sketches, written in this order. */
export const workflowOf = (sketches: ReadonlyArray<Sketch>): AnyWorkflow =>
  workflow("random", {}, (w) => {
    for (const { after, asks, name } of sketches) {
      const conditions = asks.map((one) => w.outcome(one).succeeded)
      const depends = conditions.length === 0 ? {} : { depends: conditionOf(conditions) }
      w.node(name, unit, { after: after.map((one) => w.outcome(one)), ...depends })
    }
  }) as unknown as AnyWorkflow

const conditionOf = (conditions: ReadonlyArray<Condition>): Condition =>
  conditions.length === 1 ? conditions[0]! : or(and(...conditions), not(and(...conditions)))
