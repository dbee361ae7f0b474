/** Whether a run or a nested workflow is over, as its record tells: what follows its main part has begun. */
import type { Plan } from "../plan/Plan.ts"
import { child, hook, isHandler, onExit, parent, undoneBy } from "./path.ts"
import { isTerminal } from "./Phase.ts"
import type { NodeRow, RunRow } from "./State.ts"

/** The nodes that begin only once the main part of a run has ended. */
const following = [onExit(""), hook("", "failed"), hook("", "succeeded")]

/**
 * Whether undoing it, its exit handler or a hook of its end has begun in this epoch. How the main part ended is not in
 * the record where its time was over, or where it never got its permits; but it is over, in whichever life that was.
 */
export const isRunOver = ({ reason }: RunRow, nodes: ReadonlyMap<string, NodeRow>): boolean =>
  reason === "Compensating" || following.some((path) => begun(nodes.get(path)))

const begun = (row: NodeRow | undefined): boolean => row !== undefined && row.phase !== "Pending"

/** Whether an earlier life gave up waiting for the permits of the run, so that it ends without having begun. */
export const wasRefused = (plan: Plan, run: RunRow, nodes: ReadonlyMap<string, NodeRow>): boolean => {
  if (!isRunOver(run, nodes)) return false
  const isGraph = plan.workflow.flow === undefined && plan.nodes.length > 0
  return run.phase === "Pending" || isGraph && [...nodes.keys()].every(isHandler)
}

/** The paths of the nodes that are undone, or are about to be, in this epoch. */
export const undoneIn = ({ epoch }: RunRow, nodes: ReadonlyMap<string, NodeRow>): ReadonlyArray<string> => {
  const undone: Array<string> = []
  for (const row of nodes.values()) {
    if (row.kind === "compensate" && row.epoch === epoch && begun(row)) undone.push(undoneBy(row.path))
  }
  return undone
}

/**
 * Whether a nested workflow is over, the nodes of which lie beneath a prefix: one of those that were undone is its own
 * to undo. What lies in another one that did not succeed is left to that one.
 */
export const isScopeOver = (
  prefix: string,
  undone: ReadonlyArray<string>,
  nodes: ReadonlyMap<string, NodeRow>
): boolean => undone.some((path) => path.startsWith(`${prefix}/`) && isOwn(prefix, path, nodes))

const isOwn = (prefix: string, path: string, nodes: ReadonlyMap<string, NodeRow>): boolean => {
  if (isHandler(path.slice(prefix.length))) return false
  for (let above = parent(path); above !== null && above.startsWith(`${prefix}/`); above = parent(above)) {
    if (nodes.get(above)?.phase !== "Succeeded") return false
  }
  return true
}

/**
 * Whether nodes of a workflow that is over had not begun: its time was over, wherever the clock is now. What ended is
 * read, nothing else begins.
 */
export const wasCut = (plan: Plan, prefix: string, nodes: ReadonlyMap<string, NodeRow>): boolean =>
  plan.nodes.some(({ name }) => !isTerminal(nodes.get(child(prefix, name))?.phase ?? "Pending"))
