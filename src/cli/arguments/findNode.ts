/**
 * Which node of a run a person means: its path, its full name,
 * its name among its siblings, or the beginning of one of them.
 */
import { nearest } from "../../workflow/nearest.ts"
import { everyNode, type NodeView, type RunView } from "../../view/RunView.ts"
import { NotThere } from "../Usage.ts"

/** The node that is meant, for those who only look. Throws NotThere, with the nearest names. */
export const findNode = (run: RunView, text: string): NodeView => chosen(run, text, [...whole, ...beginnings])

/** The node that something is done to, which is named in full: a few letters may be another one's tomorrow. */
export const namedNode = (run: RunView, text: string): NodeView => chosen(run, text, whole)

const chosen = (run: RunView, text: string, tests: ReadonlyArray<Test>): NodeView => {
  const nodes = everyNode(run)
  const found = firstOf(tests, nodes, text)
  if (found.length === 1) return found[0]!
  if (found.length > 1) {
    const names = found.slice(0, 5).map(({ name }) => `  ${name}`)
    throw new NotThere(`"${text}" matches ${found.length} nodes of run ${run.id}:\n${names.join("\n")}`)
  }
  const begun = firstOf(beginnings, nodes, text)
  const near = begun.length === 1 ? begun[0]!.name : nearest(text, nodes.flatMap(({ label, name }) => [name, label]))
  const known = near === undefined
    ? `Its nodes are ${nodes.slice(0, 10).map(({ name }) => name).join(", ")}.`
    : `Did you mean "${near}"?`
  throw new NotThere(`run ${run.id} has no node "${text}" that began. ${known}`)
}

type Test = (node: NodeView, text: string) => boolean

const whole: ReadonlyArray<Test> = [
  ({ path }, text) => path === text,
  ({ name }, text) => name === text,
  ({ label }, text) => label === text
]

const beginnings: ReadonlyArray<Test> = [
  ({ label }, text) => label.startsWith(text),
  ({ name, path }, text) => name.startsWith(text) || path.startsWith(text)
]

const firstOf = (
  tests: ReadonlyArray<Test>,
  nodes: ReadonlyArray<NodeView>,
  text: string
): ReadonlyArray<NodeView> => {
  for (const test of tests) {
    const found = nodes.filter((node) => test(node, text))
    if (found.length > 0) return found
  }
  return []
}
