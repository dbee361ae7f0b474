/**
 * How long a run will still take, from how long its nodes took in
 * earlier runs, else from what of a list is done already. Pure.
 *
 * A run is looked at as units: nodes that work, and lists as wholes. In an earlier run each unit began after the one
 * that ended last before it; the chains of these are the critical path, and what of them is still to come is what is
 * left. Where there is nothing to go by, nothing is said.
 */
import { everyNode, type NodeView, type RunView, works } from "./RunView.ts"

/** Milliseconds that the engine may need between two nodes. */
const slack = 5

/**
 * What is left in milliseconds; `undefined` when nothing tells. `earlier` are runs
 * of the same workflow that succeeded, `isWhole` whether all nodes have begun.
 */
export const remaining = (
  run: RunView,
  earlier: ReadonlyArray<RunView>,
  now: number,
  isWhole: boolean
): number | undefined => {
  if (run.finishedAt > 0 || run.startedAt === 0 || waitsForSomebody(run)) return undefined
  const current = unitsOf(run)
  if (earlier.length === 0) return isWhole ? ofItself(current, now) : undefined
  const passed = passedOf(run)
  const found = earlier.map((it) => asBefore(current, passed, unitsOf(it), now))
  return found.includes(undefined) ? undefined : median(found as ReadonlyArray<number>)
}

/** How long a person takes is in no record; a run that is stopped does not take what it used to. */
const waitsForSomebody = (run: RunView): boolean =>
  run.status !== run.phase ||
  everyNode(run).some(({ type, waiting, finishedAt }) =>
    finishedAt === 0 && (waiting === "Signal" || waiting === "Suspended" || type === "Suspend")
  )

type Units = ReadonlyMap<string, NodeView>

const isList = ({ type }: NodeView): boolean => type === "map" || type === "TaskGroup"

const unitsOf = (run: RunView): Units => {
  const units = new Map<string, NodeView>()
  const collect = (nodes: ReadonlyArray<NodeView>): void => {
    for (const node of nodes) {
      if (isList(node) || works(node)) units.set(node.path, node)
      else collect(node.children)
    }
  }
  collect([...run.nodes, ...run.handlers])
  return units
}

const took = ({ finishedAt, startedAt }: NodeView): number => Math.max(0, finishedAt - startedAt)

const isOpen = ({ finishedAt }: NodeView): boolean => finishedAt === 0

/** Without earlier runs: what is left of lists, when nothing but lists is open. */
const ofItself = (current: Units, now: number): number | undefined => {
  const open = [...current.values()].filter(isOpen)
  const left = open.map((unit) => isList(unit) ? leftOfList(unit, undefined, now) : undefined)
  return left.length === 0 || left.includes(undefined) ? undefined : Math.max(...left as ReadonlyArray<number>)
}

/** What is left when it goes on as another run did. */
const asBefore = (current: Units, passed: ReadonlySet<string>, before: Units, now: number): number | undefined => {
  const news = [...current.values()].filter((it) => isOpen(it) && !before.has(it.path))
  const ofNews = news.map((unit) => leftOfNews(unit, current, now))
  if (ofNews.includes(undefined)) return undefined
  const left = new Map<string, number>()
  const inOrder = [...before.values()].filter(({ startedAt }) => startedAt > 0).toSorted(byBegin)
  const previous = predecessors(inOrder)
  for (const unit of inOrder) {
    const here = current.get(unit.path)
    if (here !== undefined) left.set(unit.path, isOpen(here) ? leftOf(here, unit, now) : 0)
    else if (!isIn(unit.path, passed)) left.set(unit.path, (left.get(previous.get(unit.path) ?? "") ?? 0) + took(unit))
  }
  return Math.max(0, ...left.values(), ...ofNews as ReadonlyArray<number>)
}

const byBegin = (a: NodeView, b: NodeView): number => a.startedAt - b.startedAt || a.finishedAt - b.finishedAt

const leftOf = (here: NodeView, before: NodeView, now: number): number =>
  (isList(here) ? leftOfList(here, medianOf(before.children), now) : undefined) ??
    Math.max(0, took(before) - elapsed(here, now))

const elapsed = ({ startedAt }: NodeView, now: number): number => startedAt === 0 ? 0 : Math.max(0, now - startedAt)

/** A list ends when its longest item does, and not before all items have had their turn. */
const leftOfList = (list: NodeView, usual: number | undefined, now: number): number | undefined => {
  const each = medianOf(list.children) ?? usual
  if (each === undefined) return undefined
  const open = list.children.filter(isOpen)
  const working = open.filter(({ startedAt, waiting }) => startedAt > 0 && waiting === "")
  const lefts = open.map((it) => Math.max(0, each - (working.includes(it) ? elapsed(it, now) : 0)))
  const unborn = Math.max(0, list.items - list.children.length) * each
  const sum = lefts.reduce((all, it) => all + it, unborn)
  return Math.max(sum / Math.max(1, working.length), ...lefts)
}

/** A unit that the other run did not have is taken to be as its siblings are. */
const leftOfNews = (unit: NodeView, current: Units, now: number): number | undefined => {
  const above = unit.path.replace(/[^/[]*$/, "")
  const siblings = [...current.values()].filter((it) => it.runs === unit.runs && it.path.startsWith(above))
  const usual = medianOf(siblings)
  if (isList(unit)) return leftOfList(unit, undefined, now)
  return usual === undefined ? undefined : Math.max(0, usual - elapsed(unit, now))
}

/** The unit that each began after: the one that ended last before it. */
const predecessors = (inOrder: ReadonlyArray<NodeView>): ReadonlyMap<string, string> => {
  const byEnd = inOrder.toSorted((a, b) => a.finishedAt - b.finishedAt)
  const found = new Map<string, string>()
  let at = 0
  let last: NodeView | undefined
  for (const unit of inOrder) {
    while (at < byEnd.length && byEnd[at]!.finishedAt <= unit.startedAt + slack) {
      last = byEnd[at++]
    }
    if (last !== undefined && last.path !== unit.path) found.set(unit.path, last.path)
  }
  return found
}

/** What has ended and holds others: what did not come in it will not come. */
const passedOf = (run: RunView): ReadonlySet<string> =>
  new Set(everyNode(run).flatMap((it) => isOpen(it) || works(it) ? [] : [it.path]))

const isIn = (path: string, passed: ReadonlySet<string>): boolean => {
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    if (passed.has(path.slice(0, end))) return true
  }
  return false
}

const medianOf = (nodes: ReadonlyArray<NodeView>): number | undefined => {
  const times = nodes.filter((it) => !isOpen(it) && it.startedAt > 0 && it.phase === "Succeeded").map(took)
  return times.length === 0 ? undefined : median(times)
}

const median = (numbers: ReadonlyArray<number>): number => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
