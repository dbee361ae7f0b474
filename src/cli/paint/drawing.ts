/** Drawings of graphs as text for other programs. Pure. */
import type { Vertex } from "../../view/edges.ts"

/** A flow chart for Mermaid. */
export const mermaid = (vertices: ReadonlyArray<Vertex>): string => {
  const ids = new Map(vertices.map(({ name }, at) => [name, `n${at}`]))
  const label = (text: string): string => text.replace(/[&<>"#`]/g, (mark) => `#${mark.charCodeAt(0)};`)
  const text = ({ name, runs }: Vertex): string =>
    runs === "" || name.endsWith(runs) ? label(name) : `${label(name)}<br/>${label(runs)}`
  const boxes = vertices.map((it) => `  ${ids.get(it.name)}["${text(it)}"]`)
  const arrows = vertices.flatMap(({ after, name }) =>
    after.filter((it) => ids.has(it)).map((it) => `  ${ids.get(it)} --> ${ids.get(name)}`)
  )
  return ["flowchart TD", ...boxes, ...arrows].join("\n")
}

/** A graph for Graphviz. */
export const dot = (vertices: ReadonlyArray<Vertex>): string => {
  const quoted = (text: string): string => JSON.stringify(text)
  const names = new Set(vertices.map(({ name }) => name))
  const boxes = vertices.map(({ name, runs }) =>
    `  ${quoted(name)} [label=${quoted(runs === "" ? name : `${name}\n${runs}`)}];`
  )
  const arrows = vertices.flatMap(({ after, name }) =>
    after.filter((it) => names.has(it)).map((it) => `  ${quoted(it)} -> ${quoted(name)};`)
  )
  return ["digraph {", "  node [shape=box];", ...boxes, ...arrows, "}"].join("\n")
}
