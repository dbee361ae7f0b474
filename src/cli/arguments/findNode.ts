/**
 * Which node of a run a person means: its path, its full name,
 * its name among its siblings, or the beginning of one of them.
 */
import { nearest } from "../../argo/document/decode/didYouMean.ts"
import { everyNode, type NodeView, type RunView } from "../../view/RunView.ts"
import { NotThere } from "../Usage.ts"

/** The node that is meant. Throws NotThere, with the nearest names. */
export const findNode = (run: RunView, text: string): NodeView => {
  const nodes = everyNode(run)
  const found = candidates(nodes, text)
  if (found.length === 1) return found[0]!
  if (found.length > 1) {
    const names = found.slice(0, 5).map(({ name }) => `  ${name}`)
    throw new NotThere(`"${text}" matches ${found.length} nodes of run ${run.id}:\n${names.join("\n")}`)
  }
  const near = nearest(text, nodes.flatMap(({ label, name }) => [name, label]))
  const known = near === undefined
    ? `Its nodes are ${nodes.slice(0, 10).map(({ name }) => name).join(", ")}.`
    : `Did you mean "${near}"?`
  throw new NotThere(`run ${run.id} has no node "${text}" that began. ${known}`)
}

const candidates = (nodes: ReadonlyArray<NodeView>, text: string): ReadonlyArray<NodeView> => {
  const tests: ReadonlyArray<(node: NodeView) => boolean> = [
    ({ path }) => path === text,
    ({ name }) => name === text,
    ({ label }) => label === text,
    ({ label }) => label.startsWith(text),
    ({ name, path }) => name.startsWith(text) || path.startsWith(text)
  ]
  for (const test of tests) {
    const found = nodes.filter(test)
    if (found.length > 0) return found
  }
  return []
}
