/** Whether the main part of a run is over, as its record tells: what follows it has begun. */
import type { Plan, PlanNode } from "../plan/Plan.ts"
import { child, hook, isHandler, onExit } from "./path.ts"
import { isTerminal } from "./Phase.ts"
import type { NodeRow, RunRow } from "./State.ts"

/** The nodes that begin only once the main part of a run has ended. */
const following = [onExit(""), hook("", "failed"), hook("", "succeeded")]

/**
 * Whether its exit handler, or a hook of its end, has begun in this epoch. How the main part ended is not in the record
 * where its time was over, or where it never got its permits; but it is over, in whichever life that was.
 */
const isFollowed = (nodes: ReadonlyMap<string, NodeRow>): boolean =>
  following.some((path) => (nodes.get(path)?.phase ?? "Pending") !== "Pending")

/** Whether an earlier life gave up waiting for the permits of the run, so that it ends without having begun. */
export const wasRefused = (plan: Plan, { phase }: RunRow, nodes: ReadonlyMap<string, NodeRow>): boolean => {
  if (!isFollowed(nodes)) return false
  const isGraph = plan.workflow.flow === undefined && plan.nodes.length > 0
  return phase === "Pending" || isGraph && [...nodes.keys()].every(isHandler)
}

/** Whether its time was over in an earlier life, wherever the clock is now: what ended is read, nothing else begins. */
export const wasCut = (plan: Plan, nodes: ReadonlyMap<string, NodeRow>): boolean => {
  const isOpen = ({ name }: PlanNode) => !isTerminal(nodes.get(child("", name))?.phase ?? "Pending")
  return plan.workflow.flow === undefined && isFollowed(nodes) && plan.nodes.some(isOpen)
}
