/** Says why a run or node is not running: the chain of causes a person would ask for. */
import type { Plan, PlanNode } from "../../plan/Plan.ts"
import { attemptText, standingText } from "../../run/retry.ts"
import { baseOf, child, holder, isItem, parent } from "../../run/path.ts"
import { isTerminal } from "../../run/Phase.ts"
import { livePrefix } from "../../run/tree.ts"
import type { NodeRow, RunRow } from "../../run/State.ts"
import { admitOne, text } from "../../workflow/admit.ts"
import type { Engine } from "../Engine.ts"
import { locks } from "./locks.ts"
import { definitionOf } from "../life/definitions.ts"
import { pendingWait } from "./waits.ts"
import { planOf } from "../life/plans.ts"

/** One link of the chain: what is the matter with a node (or the run, path ""), and because of whom. */
export interface Why {
  readonly path: string
  readonly because: string
  /** What is the matter, where somebody may want to say it in words of his own. */
  readonly kind?: "running" | "unknown" | "unowned"
  /** The node that causes it, when it is another one. */
  readonly cause?: string
}

/** The causal chain of a run or of one of its nodes, the asked one first. */
export const why = (engine: Engine, row: RunRow, path = ""): ReadonlyArray<Why> => {
  admitOne("the node that is asked about", path, text)
  const nodes = new Map(engine.host.journal.nodes(row.key).map((node) => [node.path, node]))
  const workflow = definitionOf(engine, row)
  const plan = typeof workflow === "string" ? undefined : planOf(workflow)
  return path === "" ? whyRun(engine, row, nodes, plan) : whyNode(engine, row, nodes, plan, path, new Set())
}

type Nodes = ReadonlyMap<string, NodeRow>

const whyRun = (engine: Engine, row: RunRow, nodes: Nodes, plan: Plan | undefined): ReadonlyArray<Why> => {
  if (isTerminal(row.phase)) {
    return [{ path: "", because: `the run ended ${row.phase}${row.message === null ? "" : `: ${row.message}`}` }]
  }
  if (row.held !== null) return [{ path: "", because: row.held }]
  if (!isExecuted(engine, row)) {
    const because = "no process executes it: open the file in a process that registers its workflow"
    return [{ path: "", kind: "unowned", because }]
  }
  if (row.suspended) return [{ path: "", because: "it is suspended: resume it to let new nodes begin" }]
  if (row.stopping !== null) {
    return [{ path: "", because: `it is ending (${row.stopping}); open nodes and exit handlers finish first` }]
  }
  if (row.phase === "Pending") return [{ path: "", because: permitReason(engine, row, "") }]
  const open = [...nodes.values()].filter((node) =>
    !isTerminal(node.phase) && (node.kind === "task" || node.kind === "suspend")
  )
  return open.flatMap((node) => whyNode(engine, row, nodes, plan, node.path, new Set()))
}

const isReset = ({ phase, waiting }: NodeRow): boolean => phase === "Pending" && waiting === null

/** Nodes that a retry reset and no definition names have nothing to tell before their turn comes. */
const toldOf = (open: ReadonlyArray<NodeRow>, plan: Plan | undefined): ReadonlyArray<NodeRow> =>
  open.filter((node) => !isReset(node) || (plan !== undefined && findNode(plan, node.path) !== undefined))

const isExecuted = (engine: Engine, { owner }: RunRow): boolean => {
  const { journal } = engine.host
  return owner !== null && (owner === journal.process || journal.isAlive(owner))
}

const whyNode = (
  engine: Engine,
  row: RunRow,
  nodes: Nodes,
  plan: Plan | undefined,
  path: string,
  seen: Set<string>
): ReadonlyArray<Why> => {
  if (seen.has(path)) return []
  seen.add(path)
  const known = nodes.get(path)
  const node = plan === undefined ? undefined : findNode(plan, path)
  if (known !== undefined && !isReset(known)) {
    return [begun(engine, row, known), ...inside(engine, row, nodes, plan, known, seen)]
  }
  if (row.suspended) return [{ path, because: "its run is suspended: resume it to let new nodes begin" }]
  return notBegun(engine, row, nodes, plan, path, node, seen)
}

/** What keeps an open composite open: the open nodes directly beneath it. */
const inside = (
  engine: Engine,
  row: RunRow,
  nodes: Nodes,
  plan: Plan | undefined,
  node: NodeRow,
  seen: Set<string>
): ReadonlyArray<Why> => {
  if (isTerminal(node.phase)) return []
  const prefix = livePrefix(node)
  const open = [...nodes.values()].filter((one) => !isTerminal(one.phase) && holder(one.path) === prefix)
  return toldOf(open, plan).flatMap((one) => whyNode(engine, row, nodes, plan, one.path, seen))
}

const begun = (engine: Engine, row: RunRow, node: NodeRow): Why => {
  const { path } = node
  if (isTerminal(node.phase)) {
    return { path, because: `it ended ${node.phase}${node.message === null ? "" : `: ${node.message}`}` }
  }
  if (node.waiting === "Retry") {
    return {
      path,
      because: `it waits to be tried again after ${node.message ?? "a failure"}: ${
        standingText(node, engine.host.now())
      }`
    }
  }
  if (node.waiting === "Permit") return { path, because: permitReason(engine, row, path) }
  const wait = pendingWait(engine, row, node)
  if (wait !== undefined) return { path, because: wait }
  return { path, kind: "running", because: `it is running (${attemptText(node.attempt, node.attempts)})` }
}

const permitReason = (engine: Engine, { id }: RunRow, path: string): string => {
  const views = locks(engine).flatMap(({ queue }) => queue)
  return views.find(({ node, run }) => run === id && node === path)?.reason ?? "it waits for permits"
}

const notBegun = (
  engine: Engine,
  row: RunRow,
  nodes: Nodes,
  plan: Plan | undefined,
  path: string,
  node: PlanNode | undefined,
  seen: Set<string>
): ReadonlyArray<Why> => {
  if (node === undefined || plan === undefined) return [unplanned(path, nodes.has(path))]
  const above = holder(path) ?? ""
  const owner = parent(path) ?? ""
  if (owner !== "" && nodes.get(owner) === undefined) {
    const own = { path, because: `it waits for ${owner}, which contains it`, cause: owner }
    return [own, ...whyNode(engine, row, nodes, plan, owner, seen)]
  }
  const siblings = planAt(plan, above) ?? plan
  const open = node.upstream.map((index) => child(above, siblings.nodes[index]!.name)).filter((up) =>
    !ended(nodes.get(up))
  )
  if (open.length === 0) return [{ path, because: "it is ready and waits for a free slot (parallelism)" }]
  const own = open.map((cause) => ({ path, because: `it waits for ${cause}`, cause }))
  return [...own, ...open.flatMap((cause) => whyNode(engine, row, nodes, plan, cause, seen))]
}

const unplanned = (path: string, isKnown: boolean): Why =>
  isKnown
    ? { path, because: "it will run again and has not begun yet" }
    : { path, kind: "unknown", because: "it has not begun, and its definition does not name it" }

const ended = (node: NodeRow | undefined): boolean => node !== undefined && isTerminal(node.phase)

const steps = (path: string): ReadonlyArray<string> => baseOf(path).split("/").map((step) => step.replace(/\[.*$/, ""))

const planAt = (plan: Plan, path: string): Plan | undefined =>
  path === "" ? plan : steps(path).reduce<Plan | undefined>((at, step) => at?.byName.get(step)?.plan, plan)

const findNode = (plan: Plan, path: string): PlanNode | undefined => {
  const at = planAt(plan, holder(isItem(path) ? parent(path) ?? "" : path) ?? "")
  return at?.byName.get(steps(path).at(-1) ?? "")
}
