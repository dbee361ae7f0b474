/** A plan as a Mermaid flow chart. */
import { conditionText, DRAWN_MAX } from "./drawing.ts"
import type { Plan, PlanNode } from "./Plan.ts"

/** The Mermaid source of a plan's graph: nested workflows are boxes around their nodes, dotted edges only order. */
export const toMermaid = (plan: Plan): string => {
  const drawing = new Drawing()
  drawing.graph(plan, "n", "  ")
  return ["flowchart TD", ...drawing.lines, ""].join("\n")
}

class Drawing {
  readonly lines: Array<string> = []
  #boxes = 0

  graph(plan: Plan, id: string, indent: string): void {
    for (const node of plan.nodes) this.#node(node, `${id}_${node.index}`, indent)
    for (const node of plan.nodes) {
      const reads = readFrom(node)
      for (const index of node.upstream) {
        const arrow = reads.has(plan.nodes[index]!.name) ? "-->" : "-.->"
        this.lines.push(`${indent}${id}_${index} ${arrow} ${id}_${node.index}`)
      }
    }
  }

  #node(node: PlanNode, id: string, indent: string): void {
    this.#boxes++
    if (node.plan === undefined || this.#boxes + node.plan.nodes.length > DRAWN_MAX) {
      this.lines.push(`${indent}${id}${shaped(node)}`)
      return
    }
    this.lines.push(`${indent}subgraph ${id}["${label(node)}"]`)
    this.graph(node.plan, id, `${indent}  `)
    this.lines.push(`${indent}end`)
  }
}

const readFrom = ({ def }: PlanNode): ReadonlySet<string | undefined> => {
  const refs = Object.values(def.needs)
  return new Set([...refs, ...def.map === undefined ? [] : [def.map.items]].map((ref) => ref.node))
}

const shaped = (node: PlanNode): string => {
  const text = label(node)
  switch (node.def.kind) {
    case "map":
      return `[["${text}"]]`
    case "suspend":
      return `(["${text}"])`
    default:
      return node.def.when === undefined ? `["${text}"]` : `{{"${text}"}}`
  }
}

const label = ({ def, depends, name }: PlanNode): string => {
  const runs = def.runnable === undefined || def.runnable.name === name ? "" : `<br/>${escape(def.runnable.name)}`
  const when = depends === undefined ? "" : `<br/>${escape(conditionText(depends))}`
  const each = def.kind === "map" ? " (each)" : ""
  return `${escape(name)}${each}${runs}${when}`
}

const escape = (text: string): string =>
  text.replace(/[&<>"#`]/g, (mark) => `#${mark.charCodeAt(0)};`).replace(/[\r\n]+/g, " ")
