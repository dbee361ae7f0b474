/** Plans as data and as pictures, without running anything. */
import type { Condition } from "../workflow/Condition.ts"
import type { AnyRef } from "../workflow/Definition.ts"
import { nodesIn } from "./edges.ts"
import type { Plan, PlanNode } from "./Plan.ts"

/** A node of a plan as JSON. `after` names all nodes it waits for; `plan` is the key of a nested plan. */
export interface NodeJson {
  /** The name within its workflow. */
  readonly name: string
  /** What kind of node it is. */
  readonly kind: PlanNode["def"]["kind"]
  /** The name of the task or workflow that it runs; `null` where it runs none. */
  readonly runs: string | null
  /** What its author says of it, or else of what it runs; `null` without a word. */
  readonly description: string | null
  /** The names of all nodes that it waits for, sorted. */
  readonly after: ReadonlyArray<string>
  /** The nodes whose values it reads, by the name it reads them under. */
  readonly reads: Readonly<Record<string, string>>
  /** Its condition as Argo writes it; `null` where it has none of its own. */
  readonly depends: string | null
  /** Whether a guard (`when`) may skip it. */
  readonly guarded: boolean
  /** The key of the nested plan that it runs; `null` where it runs none. */
  readonly plan: string | null
}

/** The graph of one workflow as JSON. */
export interface GraphJson {
  /** The name of the workflow. */
  readonly name: string
  /** What its author says of it; `null` without a word. */
  readonly description: string | null
  /** The names of the nodes that its result reads; empty where it has no result. */
  readonly result: ReadonlyArray<string>
  /** The digest of the definition it is made from, where that is data. */
  readonly definition?: string
  /** Its nodes, in the order of the plan. */
  readonly nodes: ReadonlyArray<NodeJson>
}

/** A plan as JSON: each distinct nested plan stands in the table once. */
export interface PlanJson {
  /** The version of this form. */
  readonly version: 1
  /** The key of the outermost plan in the table. */
  readonly digest: string
  /** All plans by digest, nested ones included. */
  readonly plans: Readonly<Record<string, GraphJson>>
}

/** The plan as JSON, nested plans included; keys of the table are digests. */
export const toJson = (plan: Plan): PlanJson => {
  const plans: Record<string, GraphJson> = {}
  const open = [plan]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (plans[at.digest] !== undefined) continue
    plans[at.digest] = toGraph(at)
    for (const node of at.nodes) if (node.plan !== undefined) open.push(node.plan)
  }
  return { version: 1, digest: plan.digest, plans }
}

const toGraph = (plan: Plan): GraphJson => ({
  ...toHead(plan),
  nodes: plan.nodes.map((node) => toNode(plan, node))
})

/** All of a graph but its nodes. */
export const toHead = (plan: Plan): Omit<GraphJson, "nodes"> => ({
  name: plan.name,
  description: plan.workflow.description ?? null,
  result: plan.workflow.result === undefined ? [] : nodesIn(plan.workflow.result),
  ...(plan.workflow.kept === undefined ? {} : { definition: plan.workflow.kept.digest })
})

/** One node of a plan. */
export const toNode = (plan: Plan, { def, depends, name, plan: nested, upstream }: PlanNode): NodeJson => ({
  name,
  kind: def.kind,
  runs: def.runnable?.name ?? def.run?.workflow.name ?? null,
  description: def.description ?? def.runnable?.description ?? null,
  after: upstream.map((index) => plan.nodes[index]!.name).sort(),
  reads: readsOf(def.needs, def.map?.items),
  depends: depends === undefined ? null : conditionText(depends),
  guarded: def.when !== undefined,
  plan: nested?.digest ?? null
})

const readsOf = (
  needs: Readonly<Record<string, AnyRef>>,
  items: AnyRef | undefined
): Readonly<Record<string, string>> => {
  const all = items === undefined ? Object.entries(needs) : [...Object.entries(needs), ["(items)", items] as const]
  return Object.fromEntries(all.map(([key, ref]) => [key, refText(ref)]))
}

/** A reference in words: `pages.0`, `input.url`, `fetch (outcome)`. */
const refText = (ref: AnyRef): string => {
  if (ref.of === "value" || ref.of === "record") return `(${ref.of})`
  const path = [ref.of === "input" ? "input" : ref.node, ...ref.at].join(".")
  return ref.of === "outcome" ? `${path} (outcome)` : path
}

/** A condition in words, as Argo writes them: `a.succeeded && !(b.failed)`. */
export const conditionText = (condition: Condition): string => {
  switch (condition._tag) {
    case "Is":
      return `${condition.node}.${condition.question}`
    case "Not":
      return `!(${conditionText(condition.condition)})`
    default:
      return joined(condition.conditions.map(conditionText), condition._tag)
  }
}

const joined = (texts: ReadonlyArray<string>, tag: "And" | "Or"): string => {
  if (texts.length === 0) return tag === "And" ? "true" : "false"
  return texts.length === 1 ? texts[0]! : `(${texts.join(tag === "And" ? " && " : " || ")})`
}

/** One line of a listing. */
export interface Listed {
  /** Where the node stands; nested nodes hang beneath, those of a map beneath `name[]`. */
  readonly path: string
  readonly kind: NodeJson["kind"]
  readonly runs: string | null
  readonly after: ReadonlyArray<string>
}

/** The most lines of a listing or boxes of a picture: beyond it nested plans are not opened any more. */
export const DRAWN_MAX = 10_000

/** The nodes of a plan in an order that respects edges, nested ones beneath their node. */
export const list = (plan: Plan): ReadonlyArray<Listed> => {
  const lines: Array<Listed> = []
  listInto(lines, plan, "")
  return lines
}

const listInto = (lines: Array<Listed>, plan: Plan, prefix: string): void => {
  for (const node of plan.nodes) {
    const { after, kind, runs } = toNode(plan, node)
    const path = prefix + node.name
    lines.push({ path, kind, runs, after })
    if (node.plan !== undefined && lines.length < DRAWN_MAX) {
      listInto(lines, node.plan, kind === "map" ? `${path}[]/` : `${path}/`)
    }
  }
}
