/** The graphs of nodes that make them as they begin. */
import type { Plan } from "../../plan/Plan.ts"
import { assemble } from "../../workflow/assemble.ts"
import { anyJson } from "../../workflow/codec.ts"
import type { ExpandDef } from "../../workflow/Definition.ts"
import type { AnyWorkflowOptions } from "../../workflow/workflowOptions.ts"
import { planOf } from "../life/plans.ts"
import { fromText } from "../node/value.ts"

/** What is recorded as the input of such a node: the value, and the digest of the graph that was made of it. */
export interface Expanded {
  readonly graph: string
  readonly value: unknown
}

/** The graph that such a node has made of its recorded value; `undefined` where that cannot be made any more. */
export const expandedPlan = ({ build }: ExpandDef, path: string, recorded: string): Plan | undefined => {
  try {
    const { graph, value } = JSON.parse(recorded) as Expanded
    const plan = planFor(path, build, fromText(anyJson, JSON.stringify(value)))
    return plan.digest === graph ? plan : undefined
  } catch {
    return undefined
  }
}

/** The graph of a value. Throws where it has mistakes. */
export const planFor = (path: string, build: ExpandDef["build"], value: unknown): Plan =>
  planOf(assemble(nameOf(path), plain, (g) => build(value, g)))

const plain = { input: anyJson, output: anyJson } as unknown as AnyWorkflowOptions

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1)
