/** What a retry, a fork or a resubmission does again, as it is shown, and how long that takes. Pure. */
import type { RetryPlan } from "../engine/life/resets.ts"
import { remaining } from "./eta.ts"
import { byPath, everyNode, type NodeView, type RunView, works } from "./RunView.ts"

/** A node that is done again. */
export interface DoneAgain {
  readonly path: string
  readonly name: string
  readonly phase: string
  /** Why, by the names that are shown. */
  readonly why: string
}

/** What is done again, and the nodes whose results are kept. */
export interface AgainView {
  readonly again: ReadonlyArray<DoneAgain>
  readonly kept: ReadonlyArray<NodeView>
}

/** A plan as it is shown, in the order of the tree: nodes that work, or where none of these is there all others. */
export const againView = (run: RunView, { reset }: RetryPlan): AgainView => {
  const all = everyNode(run)
  const nodes = byPath(all)
  const resets = new Set(reset.map(({ path }) => path))
  const ofWorkers = reset.filter(({ path }) => {
    const node = nodes.get(path)
    return node !== undefined && node.path === path && works(node)
  })
  const shown = ofWorkers.length > 0 ? ofWorkers : run.isManifest ? reset.filter(({ path }) => nodes.has(path)) : reset
  const places = new Map(all.map(({ path }, at) => [path, at]))
  const placeOf = (path: string): number => places.get(path) ?? all.length
  const named = (why: string): string => why.replace(/\S+$/, (path) => nodes.get(path)?.name ?? path)
  return {
    again: shown.toSorted((a, b) => placeOf(a.path) - placeOf(b.path)).map(({ path, why }) => ({
      path,
      name: nodes.get(path)?.name ?? path,
      phase: nodes.get(path)?.phase ?? "Pending",
      why: named(why)
    })),
    kept: all.filter((node) => works(node) && node.finishedAt > 0 && !resets.has(node.path))
  }
}

/** How long it takes, in milliseconds, and how many runs tell that. */
export interface AgainEstimate {
  readonly millis: number
  readonly runs: number
  /** Whether it may take longer: nothing is known of what did not begin. */
  readonly isLeast: boolean
}

/**
 * How long what a plan does again takes, from runs of the same workflow that succeeded, else from this run itself;
 * `undefined` when nothing tells.
 */
export const againEstimate = (
  run: RunView,
  { reset }: RetryPlan,
  earlier: ReadonlyArray<RunView>,
  now: number
): AgainEstimate | undefined => {
  const resets = new Set(reset.map(({ path }) => path))
  const opened = {
    ...run,
    ...{ phase: "Running", status: "Running", startedAt: now, finishedAt: 0 },
    nodes: reopened(run.nodes, resets, now),
    handlers: reopened(run.handlers, resets, now)
  }
  const known = [...earlier, ...run.phase === "Succeeded" ? [run] : []]
  const runs = known.length > 0 ? known : [run]
  const millis = remaining(opened, runs, now, true)
  return millis === undefined ? undefined : { millis, runs: runs.length, isLeast: known.length === 0 }
}

/** The nodes as they are once it has begun: what is done again is not there, and what holds something kept is open. */
const reopened = (
  nodes: ReadonlyArray<NodeView>,
  resets: ReadonlySet<string>,
  now: number
): ReadonlyArray<NodeView> =>
  nodes.flatMap((node) => {
    if (!resets.has(node.path)) return [{ ...node, children: reopened(node.children, resets, now) }]
    const children = reopened(node.children, resets, now)
    return children.length === 0
      ? []
      : [{ ...node, phase: "Running", waiting: "", startedAt: now, finishedAt: 0, children }]
  })
