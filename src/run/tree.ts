/** The rows of a run as a tree with separate relations: children of an attempt, items of a map, handlers of a node. */
import { attempt, holder, isHandlerRoot, isItem } from "./path.ts"
import type { NodeRow } from "./State.ts"

/** What hangs beneath one path, each list sorted by path. */
export interface Branch {
  readonly children: Array<NodeRow>
  readonly items: Array<NodeRow>
  readonly handlers: Array<NodeRow>
}

/** Finds what hangs beneath a path; attempt marks count, so `a` and `a#2` have different children. */
export type Tree = (path: string) => Branch

const nothing: Branch = { children: [], items: [], handlers: [] }

const byPath = (a: NodeRow, b: NodeRow): number => a.path < b.path ? -1 : a.path > b.path ? 1 : 0

const relation = (path: string): keyof Branch => isHandlerRoot(path) ? "handlers" : isItem(path) ? "items" : "children"

/** The tree of some rows; the order of the map plays no part. */
export const treeOf = (nodes: ReadonlyMap<string, NodeRow>): Tree => {
  const branches = new Map<string, Branch>()
  for (const row of [...nodes.values()].sort(byPath)) {
    const above = holder(row.path) ?? ""
    const branch = branches.get(above) ?? { children: [], items: [], handlers: [] }
    branch[relation(row.path)].push(row)
    branches.set(above, branch)
  }
  return (path) => branches.get(path) ?? nothing
}

/**
 * The prefix beneath which the latest attempt of a node has its children and items; earlier attempts are history. Of
 * one that was reset and did not begin again it is where its first attempt will go on.
 */
export const livePrefix = (row: NodeRow): string => attempt(row.path, row.base + Math.max(row.attempt, 1))

const beneath = (tree: Tree, row: NodeRow): ReadonlyArray<NodeRow> => {
  const { children, items } = tree(livePrefix(row))
  return [...tree(row.path).handlers, ...items, ...children]
}

const closure = (tree: Tree, from: ReadonlyArray<NodeRow>): ReadonlyArray<NodeRow> => {
  const found = [...from]
  for (let at = 0; at < found.length; at++) for (const row of beneath(tree, found[at]!)) found.push(row)
  return found
}

/** A node and everything beneath it, its handlers included, without the subtrees of attempts that are history. */
export const whole = (tree: Tree, row: NodeRow): ReadonlyArray<NodeRow> => closure(tree, [row])

/** Everything in a run that is not history. */
export const living = (tree: Tree): ReadonlyArray<NodeRow> => {
  const { children, handlers } = tree("")
  return closure(tree, [...children, ...handlers])
}

/** The number of the event with which a node began, or ended without having begun; 0 before that. */
export const firstSeq = (row: NodeRow): number => row.inputSeq === 0 ? row.resultSeq : row.inputSeq

/** Nodes in the order in which they began, or ended without having begun. */
export const byBeginning = (a: NodeRow, b: NodeRow): number => firstSeq(a) - firstSeq(b)
