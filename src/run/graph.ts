/**
 * How a graph or a map ended, from how its nodes ended.
 *
 * The branch rule: a node that ran speaks for its branch and overrides what came in; one that did not run passes on
 * what came in, a failure before a success. A failure that is continued on counts as success. The nodes nobody waits
 * for decide, so a failure that a dependant took up (`b.failed`) does not fail the graph, and one that left its
 * dependants omitted does. Where Argo would also forgive a failure that a `continueOn` leaf merely inherited, this rule
 * does not: `continueOn` covers a node's own failure only.
 */
import type { Plan, PlanNode } from "../plan/Plan.ts"
import type { Reason } from "./Phase.ts"
import type { End } from "./reason.ts"
import { failureOf, isImposed } from "./reason.ts"

/**
 * How a composite ended: its phase and, when it did not succeed,
 * why and the index of the node (or item) that decided it.
 */
export interface Verdict {
  readonly phase: "Succeeded" | "Failed" | "Error"
  readonly reason?: Reason
  readonly message?: string
  readonly cause?: number
}

const NONE = -1
const succeeded: Verdict = { phase: "Succeeded" }

const isOrdered = (plan: Plan): boolean =>
  plan.nodes.every((node) => node.upstream.length === 0 || node.upstream.at(-1)! < node.index)

const sorted = (plan: Plan): ReadonlyArray<number> => {
  const open = plan.nodes.map((node) => node.upstream.length)
  const order = plan.nodes.filter((node) => node.upstream.length === 0).map((node) => node.index)
  for (let at = 0; at < order.length; at++) {
    for (const next of plan.nodes[order[at]!]!.downstream) if (--open[next]! === 0) order.push(next)
  }
  return order
}

/** The indexes of a plan's nodes in an order that puts every node after those it waits for. */
export const topological = (plan: Plan): ReadonlyArray<number> =>
  isOrdered(plan) ? plan.nodes.map((node) => node.index) : sorted(plan)

/** Whether a failure of this node is continued on. */
export const continuesOn = (node: PlanNode, failure: "Failed" | "Error"): boolean =>
  failure === "Failed" ? node.def.continueOn.failed : node.def.continueOn.error

// A node that fail-fast cancelled is a consequence, so it is named only when nothing else can be.
const firstFailure = (causes: Iterable<number>, ending: (index: number) => End): number => {
  let found = NONE
  for (const cause of causes) {
    if (cause === NONE) continue
    if (ending(cause).reason !== "FailFast") return cause
    if (found === NONE) found = cause
  }
  return found
}

const blames = (end: End, label: string, cause: number): Verdict => {
  const phase = failureOf(end) ?? "Failed"
  const verb = phase === "Error" ? "could not run" : "failed"
  return {
    phase,
    reason: isImposed(end.reason) ? end.reason : phase === "Error" ? "ChildErrored" : "ChildFailed",
    message: end.message ? `${label} ${verb}: ${end.message}` : `${label} ${verb}`,
    cause
  }
}

const branchOf = (node: PlanNode, branches: Int32Array, endings: (index: number) => End): number => {
  const end = endings(node.index)
  const failure = failureOf(end)
  if (failure !== undefined) return continuesOn(node, failure) ? NONE : node.index
  if (end.phase === "Succeeded" || node.upstream.length === 0) return NONE
  return firstFailure(node.upstream.map((index) => branches[index]!), endings)
}

/** How a graph ended, given how each of its nodes ended; a node that has not ended passes on what came in. */
export const graphEnding = (plan: Plan, endings: (index: number) => End): Verdict => {
  if (plan.nodes.every(({ index }) => endings(index).phase === "Succeeded")) return succeeded
  // For each node the index of the failure its branch carries.
  const branches = new Int32Array(plan.nodes.length).fill(NONE)
  for (const index of topological(plan)) branches[index] = branchOf(plan.nodes[index]!, branches, endings)
  const cause = firstFailure(plan.targets.map((index) => branches[index]!), endings)
  return cause === NONE ? succeeded : blames(endings(cause), plan.nodes[cause]!.name, cause)
}

/** How one item of a map ended; `continueOn` forgives its failure. */
export interface ItemEnd extends End {
  readonly continueOn?: boolean
}

/**
 * How a map ended: an empty map, or one whose failures are all forgiven, succeeds. An item in `Error` decides before
 * one that `Failed`, so that the phase does not depend on the order of the items.
 */
export const mapEnding = (items: ReadonlyArray<ItemEnd>): Verdict => {
  const ending = (index: number): End => items[index]!
  const failures = items.map((item) => item.continueOn === true ? undefined : failureOf(item))
  const decisive = failures.includes("Error") ? "Error" : "Failed"
  const cause = firstFailure(failures.map((failure, index) => failure === decisive ? index : NONE), ending)
  return cause === NONE ? succeeded : blames(ending(cause), `item ${cause}`, cause)
}
