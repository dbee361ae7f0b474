/** Checks nodes one by one and resolves the names they mention to edges. */
import type { AnyWorkflow, NodeDef } from "../workflow/Definition.ts"
import { noNodes, type Upstreams } from "./cycles.ts"
import { allowsSuccess, type Mention, mentionsOf, nodesIn } from "./edges.ts"
import type { Findings } from "./Findings.ts"
import { nodeFaults } from "./limits.ts"
import { nameFault } from "./name.ts"
import { mapped, type Pieces } from "./pieces.ts"

/** Checks what can be seen on a node alone. */
export const checkNode = (findings: Findings, node: NodeDef, path: string): void => {
  const fault = nameFault(node.name)
  if (fault !== undefined) findings.add(path, fault.code, fault.message, fault.hint)
  for (const { code, hint, message } of nodeFaults(node)) findings.add(path, code, message, hint)
}

/** For each node, in the order of writing, the indexes of the nodes it waits for, ascending. */
export function* resolvingEdges(findings: Findings, workflow: AnyWorkflow, path: string): Pieces<Upstreams> {
  const indexes = yield* indexingNames(findings, workflow, path)
  const result = workflow.result === undefined ? [] : nodesIn(workflow.result)
  for (const name of result) if (!indexes.has(name)) findings.unknown(path, "The result is of", name, indexes.keys())
  return yield* mapped(
    workflow.nodes,
    (node) => upstreamOf(findings, workflow, indexes, node, `${path}/${node.name}`)
  )
}

function* indexingNames(
  findings: Findings,
  workflow: AnyWorkflow,
  path: string
): Pieces<ReadonlyMap<string, number>> {
  const indexes = new Map<string, number>()
  yield* mapped(workflow.nodes, ({ name }, index) => {
    if (!indexes.has(name)) indexes.set(name, index)
    else {findings.add(
        `${path}/${name}`,
        "duplicate-node",
        `Two nodes are named "${name}"`,
        "Rename one of them: names are identities"
      )}
  })
  if (workflow.nodes.some(({ renamedFrom }) => renamedFrom.length > 0)) {
    checkFormerNames(findings, workflow, indexes, path)
  }
  return indexes
}

/** A former name belongs to one node, and to none of today. */
const checkFormerNames = (
  findings: Findings,
  { nodes }: AnyWorkflow,
  indexes: ReadonlyMap<string, number>,
  path: string
): void => {
  const taken = new Set<string>(indexes.keys())
  for (const { name, renamedFrom } of nodes) {
    for (const former of renamedFrom) {
      if (taken.has(former)) {
        const message = `It says that it was called "${former}", and another node is or was called so`
        findings.add(`${path}/${name}`, "duplicate-node", message, "Name as `renamedFrom` what no other node is called")
      }
      taken.add(former)
    }
  }
}

const upstreamOf = (
  findings: Findings,
  workflow: AnyWorkflow,
  indexes: ReadonlyMap<string, number>,
  node: NodeDef,
  path: string
): ReadonlyArray<number> => {
  const mentions = mentionsOf(node)
  if (mentions.length === 0) return noNodes
  const upstream = new Set<number>()
  for (const mention of mentions) {
    const index = indexes.get(mention.node)
    if (index === undefined) findings.unknown(path, verbs[mention.kind], mention.node, indexes.keys())
    else {
      upstream.add(index)
      if (isShutOut(node, mention, workflow.nodes[index]!)) notUpstream(findings, path, mention)
    }
  }
  return [...upstream].sort((a, b) => a - b)
}

const verbs: Readonly<Record<Mention["kind"], string>> = {
  needs: "It needs",
  items: "Its items come from",
  after: "It comes after",
  depends: "It depends on"
}

// A value is read from a node that, by the reader's own condition, can never have one.
const isShutOut = (node: NodeDef, { as, kind, node: name }: Mention, upstream: NodeDef): boolean => {
  if (node.depends === undefined || upstream.fallback !== undefined) return false
  if (kind === "needs" && node.needs[as!]!.of !== "output") return false
  return (kind === "needs" || kind === "items") && !allowsSuccess(node.depends, name)
}

const notUpstream = (findings: Findings, path: string, { node }: Mention): void =>
  findings.add(
    path,
    "not-upstream",
    `It reads the output of "${node}", but its \`depends\` lets it run only when "${node}" has none`,
    `Read \`.outcome\` of "${node}" instead, give "${node}" a default, or change \`depends\``
  )
