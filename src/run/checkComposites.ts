/**
 * N2: the phase of a graph or map follows from its nodes or items,
 * unless a rule of its own ended it (a timeout, a bad output, a stop).
 */
import type { Plan } from "../plan/Plan.ts"
import type { Ending } from "./Event.ts"
import { type Invariant, plannedFrom } from "./evidence.ts"
import type { Rows } from "./evolve.ts"
import { graphEnding, mapEnding, type Verdict } from "./graph.ts"
import { locate } from "./locate.ts"
import { child, holder, isItem, onExit } from "./path.ts"
import { isFailure } from "./Phase.ts"
import { type End, failureOf } from "./reason.ts"
import type { NodeRow } from "./State.ts"
import { livePrefix } from "./tree.ts"

/**
 * How the parts of a composite ended, what follows from them, and
 * whether it fails fast: then the first failure in time decides.
 */
interface Composite {
  readonly parts: ReadonlyArray<End>
  readonly verdict: Verdict
  readonly failFast: boolean
}

const absent: End = { phase: "Omitted" }

const graphOf = (plan: Plan, rows: Rows, prefix: string): Composite => {
  const parts = plan.nodes.map(({ name }) => rows.nodes.get(child(prefix, name)) ?? absent)
  return { parts, verdict: graphEnding(plan, (index) => parts[index]!), failFast: plan.workflow.failFast !== false }
}

const mapOf = (rows: Rows, prefix: string, failFast: boolean): Composite => {
  const parts = [...rows.nodes.values()].filter(({ path }) => isItem(path) && holder(path) === prefix)
  return { parts, verdict: mapEnding(parts), failFast }
}

const compositeOf = (plan: Plan, rows: Rows, row: NodeRow): Composite | undefined => {
  const node = locate(plan, row.path)?.node
  if (node === undefined) return undefined
  if (row.kind === "map") return mapOf(rows, livePrefix(row), (node.def.map?.failFast ?? false) !== false)
  // What a flow makes of its nodes is its own affair.
  if (node.plan?.workflow.flow !== undefined) return undefined
  return row.kind === "workflow" && node.plan !== undefined ? graphOf(node.plan, rows, livePrefix(row)) : undefined
}

// Any other reason is a rule of the composite itself.
const follows = ({ phase, reason }: Ending): boolean =>
  phase === "Succeeded" || reason === "ChildFailed" || reason === "ChildErrored"

const agrees = ({ failFast, parts, verdict }: Composite, { phase }: Ending): boolean =>
  verdict.phase === phase || (failFast && isFailure(phase) && parts.some((part) => failureOf(part) === phase))

const compare = (path: string, ending: Ending, composite: Composite | undefined): string | undefined => {
  if (composite === undefined || !follows(ending) || agrees(composite, ending)) return undefined
  const { message = "all is well", phase } = composite.verdict
  return `N2: ${path} ended ${ending.phase}, its nodes say ${phase} (${message})`
}

const checkRun = (plan: Plan, rows: Rows, ending: Ending): string | undefined => {
  const handler = rows.nodes.get(onExit(""))
  if (ending.phase === "Succeeded" && handler !== undefined && isFailure(handler.phase)) {
    return `N2: the run succeeded although its exit handler ended ${handler.phase}`
  }
  return compare("the run", ending, plan.workflow.flow === undefined ? graphOf(plan, rows, "") : undefined)
}

/** Checks N2; needs the plan. */
export const checkComposites: Invariant = (evidence, report) => {
  const { plan } = evidence
  if (plan === undefined) return {}
  const from = plannedFrom(evidence)
  const tell = (violation: string | undefined) => violation === undefined ? undefined : report(violation)
  return {
    see: ({ event, seq }, before) => {
      if (seq < from) return
      if (event.type === "RunFinished") tell(checkRun(plan, before, event.ending))
      if (event.type !== "NodeFinished") return
      const row = before.nodes.get(event.path)
      if (row !== undefined && row.attempt > 0) tell(compare(event.path, event.ending, compositeOf(plan, before, row)))
    }
  }
}
