/**
 * Nodes that make their graph as they begin. The value it is made of is recorded with the digest of the graph, so that
 * each life of the run works on the same one or says that it cannot.
 */
import type { ExpandDef } from "../../workflow/Definition.ts"
import { anyJson } from "../../workflow/codec.ts"
import { runWorkflow } from "../flow/runWorkflow.ts"
import { fromText, toText } from "../node/value.ts"
import { type Expanded, planFor } from "./expandedPlan.ts"
import { subtree } from "./subtree.ts"
import type { Work } from "../Live.ts"

/** The work of such a node; throws when its graph has mistakes, or is another one than it began with. */
export const expandWork = (
  { build }: ExpandDef,
  path: string,
  recorded: string | undefined,
  given: () => unknown
): Work => {
  const before = recorded === undefined ? undefined : JSON.parse(recorded) as Expanded
  const valueText = before === undefined ? toText(anyJson, given()) : JSON.stringify(before.value)
  const value = fromText(anyJson, valueText)
  const plan = planFor(path, build, value)
  if (before !== undefined && before.graph !== plan.digest) throw new TypeError(changed)
  return {
    text: recorded ?? `{"graph":"${plan.digest}","value":${valueText}}`,
    attempt: (live, attempt) => runWorkflow(live, plan, value, subtree(live.run.ledger, path, attempt), attempt.number)
  }
}

const changed = "its code makes another one now: bring the former code back, or retry the run"
