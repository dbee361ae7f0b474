/** The rows of a tree as they are shown: what is open, what the filter leaves, failures first in lists. Pure. */
import { flat, type NodeView, type RunView } from "../../../view/RunView.ts"
import { isFailure, type Phase } from "../../../run/Phase.ts"
import { matches, parse } from "../../filter/filter.ts"
import { nodeFields } from "../../filter/nodeFields.ts"

/** A row. */
export interface TreeRow {
  readonly node: NodeView
  readonly depth: number
  /** Whether it has rows beneath it, and whether they are shown. */
  readonly opens: "no" | "open" | "closed"
  /** How many nodes beneath it are in which phase, where it has any. */
  readonly counts: Readonly<Record<string, number>>
  /** Whether it is there only because of what is beneath it. */
  readonly isContext: boolean
}

/** What is shown. */
export interface TreeRows {
  readonly rows: ReadonlyArray<TreeRow>
  /** How many nodes the filter hides. */
  readonly hidden: number
}

/** A list longer than this is closed until somebody opens it. */
const long = 50

const isList = ({ type }: NodeView): boolean => type === "map" || type === "TaskGroup"

const worst = ({ phase }: NodeView): number => isFailure(phase as Phase) ? 0 : phase === "Running" ? 1 : 2

/** Children as they are shown: of a list, what failed first, then what runs. */
const childrenOf = (node: NodeView): ReadonlyArray<NodeView> =>
  isList(node) ? node.children.toSorted((a, b) => worst(a) - worst(b)) : node.children

const countsOf = (nodes: ReadonlyArray<NodeView>): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const { phase } of nodes) counts[phase] = (counts[phase] ?? 0) + 1
  return counts
}

/** Whether a node says all that is to be said of what is in it: it was tried once, and succeeded. */
const saysAll = ({ children, phase, type }: NodeView): boolean =>
  type === "Retry" && children.length === 1 && phase === "Succeeded"

/** Whether a node is open: as somebody chose, else by what is in it. */
const isOpen = (node: NodeView, chosen: ReadonlyMap<string, boolean>): boolean =>
  chosen.get(node.path) ?? (node.children.length <= long && !saysAll(node))

/** The rows of a run. */
export const treeRows = (
  run: RunView,
  filter: string,
  chosen: ReadonlyMap<string, boolean>,
  now: number
): TreeRows => {
  const terms = parse(filter)
  const rows: Array<TreeRow> = []
  let hidden = 0
  const fits = (node: NodeView): boolean => matches(terms, nodeFields(node, now))
  const known = new Map<NodeView, boolean>()
  const holds = (node: NodeView): boolean => {
    const found = known.get(node)
    if (found !== undefined) return found
    // Every one beneath is asked, so that all are known afterwards.
    const below = node.children.map(holds).includes(true)
    const answer = fits(node) || below
    known.set(node, answer)
    return answer
  }
  const put = (node: NodeView, depth: number): void => {
    if (terms.length > 0 && !holds(node)) return void (hidden += 1 + flat(node.children).length)
    const open = node.children.length > 0 && (terms.length > 0 ? chosen.get(node.path) ?? true : isOpen(node, chosen))
    rows.push({
      node,
      depth,
      opens: node.children.length === 0 ? "no" : open ? "open" : "closed",
      counts: node.children.length === 0 ? {} : countsOf(node.children),
      isContext: terms.length > 0 && !fits(node)
    })
    if (open) { for (const child of childrenOf(node)) put(child, depth + 1) }
  }
  for (const node of [...run.nodes, ...run.handlers]) put(node, 0)
  return { rows, hidden }
}

/** The next row that failed, from a path on, in the given direction; what only passes a failure on is left out. */
export const nextFailure = (rows: ReadonlyArray<TreeRow>, from: string, step: 1 | -1): string | undefined => {
  const failed = rows.filter(({ node }) => isFailure(node.phase as Phase) && !holdsFailure(node))
  if (failed.length === 0) return undefined
  const order = new Map(rows.map(({ node }, at) => [node.path, at]))
  const at = order.get(from) ?? (step > 0 ? -1 : rows.length)
  const beyond = failed.map(({ node }) => node.path)
  return step > 0
    ? beyond.find((path) => order.get(path)! > at) ?? beyond[0]
    : beyond.findLast((path) => order.get(path)! < at) ?? beyond.at(-1)
}

const holdsFailure = (node: NodeView): boolean => node.children.some((it) => isFailure(it.phase as Phase))
