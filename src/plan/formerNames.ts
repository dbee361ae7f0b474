/**
 * A workflow as a run knows it that began before nodes of it
 * were renamed: in that run they keep their former names. Pure.
 */
import type { Condition } from "../workflow/Condition.ts"
import type { AnyRef, AnyWorkflow, NodeDef } from "../workflow/Definition.ts"
import type { PlanJson } from "./drawing.ts"

/** Whether a node of it, or of a workflow nested in it, says what it was called before. */
export const hasFormerNames = (workflow: AnyWorkflow): boolean =>
  workflow.nodes.some(({ renamedFrom, runnable }) =>
    renamedFrom.length > 0 || (runnable?._tag === "Workflow" && hasFormerNames(runnable))
  )

/**
 * The workflow with the names that its nodes have in a stored plan; the very same one when that knows no former name.
 */
export const withFormerNames = (
  workflow: AnyWorkflow,
  stored: PlanJson,
  digest: string = stored.digest
): AnyWorkflow => {
  const before = new Map(stored.plans[digest]?.nodes.map((node) => [node.name, node]))
  const former = new Map(workflow.nodes.flatMap(({ name, renamedFrom }) => {
    const old = before.has(name) ? undefined : renamedFrom.find((it) => before.has(it))
    return old === undefined ? [] : [[name, old] as const]
  }))
  const nodes = workflow.nodes.map((def) => {
    const nested = before.get(former.get(def.name) ?? def.name)?.plan ?? undefined
    const runnable = def.runnable?._tag === "Workflow" && nested !== undefined
      ? withFormerNames(def.runnable, stored, nested)
      : def.runnable
    return former.size === 0 && runnable === def.runnable ? def : renamed({ ...def, runnable }, former)
  })
  if (nodes.every((def, index) => def === workflow.nodes[index])) return workflow
  const result = workflow.result === undefined ? undefined : refTo(workflow.result, former)
  return Object.freeze({ ...workflow, nodes: Object.freeze(nodes), result })
}

/** The nodes of a workflow that have another name in what `withFormerNames` made of it. */
export const renamedNodes = (
  workflow: AnyWorkflow,
  former: AnyWorkflow,
  above: string = ""
): ReadonlyArray<{ readonly from: string; readonly to: string }> =>
  workflow.nodes.flatMap(({ name: to, runnable }, index) => {
    const { name: from, runnable: before } = former.nodes[index]!
    const own = from === to ? [] : [{ from: above + from, to: above + to }]
    if (runnable?._tag !== "Workflow" || before?._tag !== "Workflow" || before === runnable) return own
    return [...own, ...renamedNodes(runnable, before, `${above}${from}/`)]
  })

type Names = ReadonlyMap<string, string>

const renamed = (def: NodeDef, former: Names): NodeDef =>
  Object.freeze({
    ...def,
    name: former.get(def.name) ?? def.name,
    renamedFrom: former.has(def.name) ? [] : def.renamedFrom,
    needs: Object.fromEntries(Object.entries(def.needs).map(([key, ref]) => [key, refTo(ref, former)])),
    after: def.after.map((name) => former.get(name) ?? name),
    depends: def.depends === undefined ? undefined : conditionOn(def.depends, former),
    map: def.map === undefined ? undefined : { ...def.map, items: refTo(def.map.items, former) }
  })

const refTo = (ref: AnyRef, former: Names): AnyRef => {
  if (ref.fields !== undefined) {
    const fields = Object.entries(ref.fields).map(([key, it]) => [key, refTo(it, former)] as const)
    return { ...ref, fields: Object.fromEntries(fields) }
  }
  const name = ref.node === undefined ? undefined : former.get(ref.node)
  return name === undefined ? ref : { ...ref, node: name }
}

const conditionOn = (condition: Condition, former: Names): Condition => {
  switch (condition._tag) {
    case "Is":
      return { ...condition, node: former.get(condition.node) ?? condition.node }
    case "Not":
      return { ...condition, condition: conditionOn(condition.condition, former) }
    default:
      return { ...condition, conditions: condition.conditions.map((it) => conditionOn(it, former)) }
  }
}
