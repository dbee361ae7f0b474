/** A definition as lines that people read: the files of a manifest as they were written, a plan node by node. Pure. */
import type { NodeJson, PlanJson } from "../../../plan/drawing.ts"

/** The lines of the files that are kept for a run of a manifest. */
export const linesOfFiles = (kept: string): ReadonlyArray<string> => {
  const { files } = JSON.parse(kept) as {
    readonly files: ReadonlyArray<{ readonly name: string; readonly text: string }>
  }
  return files.flatMap(({ name, text }) => [`# ${name}`, ...text.trimEnd().split("\n")])
}

/** The lines of a plan: what each node runs, and what it waits for. */
export const linesOfPlan = (plan: string): ReadonlyArray<string> => {
  const { digest, plans } = JSON.parse(plan) as PlanJson
  const linesOf = (key: string, indent: string): ReadonlyArray<string> => {
    const graph = plans[key]
    if (graph === undefined) return []
    return graph.nodes.flatMap((node) => [
      ...aboutNode(node).map((line) => indent + line),
      ...node.plan === null ? [] : linesOf(node.plan, `${indent}    `)
    ])
  }
  const top = plans[digest]
  if (top === undefined) return []
  return [
    top.name,
    ...top.description === null ? [] : [`  ${top.description}`],
    ...linesOf(digest, "  "),
    ...top.result.length === 0 ? [] : [`  gives what ${top.result.join(", ")} gave`]
  ]
}

const aboutNode = (
  { after, depends, description, guarded, kind, name, reads, runs }: NodeJson
): ReadonlyArray<string> => [
  `${name}: ${kind}${runs === null ? "" : ` ${runs}`}`,
  ...description === null ? [] : [`  ${description}`],
  ...after.length === 0 ? [] : [`  after ${after.join(", ")}`],
  ...Object.entries(reads).map(([field, from]) => `  reads ${field === from ? field : `${field} of ${from}`}`),
  ...depends === null ? [] : [`  begins if ${depends}`],
  ...guarded ? ["  has a condition of its own"] : []
]
