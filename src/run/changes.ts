/** What of a run is not as it was under another plan. Pure. */
import { changedNodes } from "../plan/compatible.ts"
import type { PlanJson } from "../plan/drawing.ts"
import type { Plan } from "../plan/Plan.ts"
import { isKept, neverWaits } from "./early.ts"
import { locate } from "./locate.ts"
import { parent } from "./path.ts"
import { isTerminal } from "./Phase.ts"
import type { NodeRow } from "./State.ts"
import { living, treeOf, whole } from "./tree.ts"

/** What changed, each with why. */
export interface Changes {
  /** Where it begins. */
  readonly lost: Array<{ readonly path: string; readonly why: string }>
  /** Nodes that have to run again. */
  readonly again: Map<string, string>
  /** Nodes that are not there any more, with all beneath them. */
  readonly gone: ReadonlySet<string>
}

type Nodes = ReadonlyMap<string, NodeRow>

/** What is not as it was of a run that began with a stored plan; nothing where that is the same one. */
export const changes = (nodes: Nodes, plan: Plan, stored: PlanJson | undefined): Changes => {
  const tree = treeOf(nodes)
  const rows = living(tree)
  const begun = rows.filter(({ phase }) => phase !== "Pending").map(({ path }) => path)
  const changed = stored === undefined ? new Map<string, string>() : changedNodes(stored, plan, begun)
  const again = new Map<string, string>()
  const gone = new Set<string>()
  const lost: Changes["lost"] = []
  for (const row of rows) {
    const { path } = row
    const why = changed.get(path) ?? unheard(plan, row)
    if (why === undefined || changed.has(parent(path) ?? "")) continue
    lost.push({ path, why })
    if (locate(plan, path) !== undefined) again.set(path, why)
    else {
      for (const { path } of whole(tree, row)) gone.add(path)
      for (const over of endedAround(nodes, path)) again.set(over, `"${path}" was part of it`)
    }
  }
  return { again, gone, lost }
}

/** A value that was given to a node before it waits, and that nothing will come to read. */
const unheard = (plan: Plan, row: NodeRow): string | undefined => {
  const never = isKept(row) ? neverWaits(plan, row.path) : undefined
  return never === undefined ? undefined : `It was given a value that nothing will read: ${never}`
}

/** Composites that have ended with what is gone. */
const endedAround = (nodes: Nodes, path: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  for (let at = parent(path); at !== null && at !== ""; at = parent(at)) {
    if (isTerminal(nodes.get(at)?.phase ?? "Pending")) found.push(at)
  }
  return found
}
