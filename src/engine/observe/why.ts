/** Says why a run or node is not running: the chain of causes a person would ask for. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Plan, PlanNode } from "../../plan/Plan.ts"
import { attemptText, standingText } from "../../run/retry.ts"
import { baseOf, child, holder, isItem, parent } from "../../run/path.ts"
import { isTerminal } from "../../run/Phase.ts"
import { livePrefix } from "../../run/tree.ts"
import type { Stopping } from "../../run/Event.ts"
import type { NodeRow, RunRow } from "../../run/State.ts"
import { present } from "../../run/view.ts"
import { admitOne, text } from "../../workflow/admit.ts"
import type { Engine } from "../Engine.ts"
import { explainRun } from "./explain.ts"
import { locks, type PermitView } from "./locks.ts"
import { definitionOf, isExecuted } from "../life/definitions.ts"
import type { Asks } from "../node/asks.ts"
import { asksOf, notDue, pendingWait, runsAwaited } from "./waits.ts"
import { planOf } from "../life/plans.ts"

/** One link of the chain: what is the matter with a node (or the run, path ""), and because of whom. */
export interface Why {
  /** The path of the node; empty for the run as a whole. */
  readonly path: string
  /** What is the matter, in words for people. */
  readonly because: string
  /** What is the matter, where somebody may want to say it in words of his own. */
  readonly kind?: "running" | "unknown" | "unowned"
  /** The node that causes it, when it is another one. */
  readonly cause?: string
  /** The pool that it waits for, where no process offers a place of it. */
  readonly pool?: string
}

/** The causal chain of a run or of one of its nodes, the asked one first. */
export const why = (engine: Engine, row: RunRow, path = ""): Effect.Effect<ReadonlyArray<Why>, JournalError> => {
  admitOne("the node that is asked about", path, text)
  return Effect.gen(function* () {
    const rows = yield* rowsFor(engine, row, path)
    const nodes = new Map(rows.map((node) => [node.path, node]))
    const workflow = yield* definitionOf(engine, row)
    const plan = typeof workflow === "string" ? undefined : planOf(workflow)
    const waits = row.phase === "Pending" || rows.some((it) => it.waiting === "Permit" || mayWait(it))
    const queue = waits ? (yield* locks(engine)).flatMap(({ queue }) => queue) : []
    const scene = {
      isExecuted: yield* isExecuted(engine, row),
      asks: yield* asksOf(engine, row, rows),
      runs: yield* runsAwaited(engine, row, rows),
      permits: new Map(queue.filter(({ run }) => run === row.id).map((it) => [it.node, it])),
      notDue: yield* notDue(engine, row),
      now: engine.host.now()
    }
    if (path === "") return whyRun(scene, row, nodes, plan)
    const told = whyNode(scene, row, nodes, plan, path, new Set())
    const ended = nodes.get(path)
    return ended === undefined || !isTerminal(ended.phase) ? told : yield* withReuse(engine, row, told)
  })
}

/** Of a node that ended: whether its result was reused, or why it was not. */
const withReuse = (engine: Engine, { id }: RunRow, [own, ...rest]: ReadonlyArray<Why>) =>
  Effect.map(explainRun(engine, id, own!.path), (found) => {
    const reason = found.at(-1)?.because
    return reason === undefined ? [own!, ...rest] : [{ ...own!, because: `${own!.because}; it ${reason}` }, ...rest]
  })

/**
 * The nodes that an answer may name: what keeps a node that has begun from its end is beneath it, anything else may be
 * anywhere.
 */
const rowsFor = (
  { host: { journal: { reads } } }: Engine,
  { key }: RunRow,
  path: string
): Effect.Effect<ReadonlyArray<NodeRow>, JournalError> =>
  Effect.gen(function* () {
    const own = path === "" ? undefined : yield* reads.node(key, path)
    return own === undefined || isReset(own) ? yield* reads.nodes(key) : yield* reads.nodesWithin(key, path)
  })

/** Whether it may wait for a worker, which its row does not say. */
const mayWait = ({ kind, phase, waiting }: NodeRow): boolean =>
  phase === "Running" && waiting === null && kind !== "workflow" && kind !== "map"

type Nodes = ReadonlyMap<string, NodeRow>

/** What is known besides the rows of the run. */
interface Scene {
  readonly isExecuted: boolean
  readonly asks: ReadonlyMap<string, Asks>
  /** The runs that its nodes wait for, by their paths. */
  readonly runs: ReadonlyMap<string, string>
  /** Why its nodes, or the run (path ""), wait for permits. */
  readonly permits: ReadonlyMap<string, PermitView>
  /** Why start policies keep the run from beginning. */
  readonly notDue: string | undefined
  readonly now: number
}

/** What a run that is ended by hand waits for. */
const endings: Readonly<Record<Stopping, string>> = {
  stop: "it is ending (stop); open nodes and exit handlers finish first",
  undo: "it is being terminated; what it did is undone first",
  terminate: "it is being terminated; open nodes end at once"
}

const whyRun = (scene: Scene, row: RunRow, nodes: Nodes, plan: Plan | undefined): ReadonlyArray<Why> => {
  if (isTerminal(row.phase)) {
    return [{ path: "", because: `the run ended ${row.phase}${row.message === null ? "" : `: ${row.message}`}` }]
  }
  if (row.held !== null) return [{ path: "", because: row.held }]
  if (!scene.isExecuted) {
    const because = "no process executes it: open the file in a process that registers its workflow"
    return [{ path: "", kind: "unowned", because }]
  }
  if (row.suspended) return [{ path: "", because: "it is suspended: resume it to let new nodes begin" }]
  // What is being undone is said by its nodes.
  if (row.stopping !== null && !(row.stopping !== "terminate" && row.reason === "Compensating")) {
    return [{ path: "", because: endings[row.stopping] }]
  }
  if (row.phase === "Pending") return [{ path: "", because: scene.notDue ?? permitReason(scene, "") }]
  const seen = new Set<string>()
  const open = [...nodes.values()].filter(({ phase }) => !isTerminal(phase))
  const told = toldOf(open, plan)
  return lowest(told.length === 0 ? open : told).flatMap((path) => whyNode(scene, row, nodes, plan, path, seen))
}

/** Open nodes with nothing open beneath them: whatever is open above waits for these. */
const lowest = (open: ReadonlyArray<NodeRow>): ReadonlyArray<string> => {
  const above = new Set<string>()
  for (const { path } of open) {
    for (let at = parent(path); at !== null && at !== "" && !above.has(at); at = parent(at)) above.add(at)
  }
  return open.map(({ path }) => path).filter((path) => !above.has(path))
}

const isReset = ({ phase, waiting }: NodeRow): boolean => phase === "Pending" && waiting === null

/** Nodes that a retry reset and no definition names have nothing to tell before their turn comes. */
const toldOf = (open: ReadonlyArray<NodeRow>, plan: Plan | undefined): ReadonlyArray<NodeRow> =>
  open.filter((node) => !isReset(node) || (plan !== undefined && findNode(plan, node.path) !== undefined))

const whyNode = (
  scene: Scene,
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
    const beneath = inside(scene, row, nodes, plan, known, seen)
    return [begun(scene, known, beneath.length === 0), ...beneath]
  }
  if (row.suspended) return [{ path, because: "its run is suspended: resume it to let new nodes begin" }]
  return notBegun(scene, row, nodes, plan, path, node, seen)
}

/** What keeps an open composite open: the open nodes directly beneath it. */
const inside = (
  scene: Scene,
  row: RunRow,
  nodes: Nodes,
  plan: Plan | undefined,
  node: NodeRow,
  seen: Set<string>
): ReadonlyArray<Why> => {
  if (isTerminal(node.phase)) return []
  const prefix = livePrefix(node)
  const open = [...nodes.values()].filter((one) => !isTerminal(one.phase) && holder(one.path) === prefix)
  return toldOf(open, plan).flatMap((one) => whyNode(scene, row, nodes, plan, one.path, seen))
}

const begun = (scene: Scene, node: NodeRow, isLowest: boolean): Why => {
  const { path } = node
  if (isTerminal(node.phase)) {
    return { path, because: `it ended ${node.phase}${node.message === null ? "" : `: ${node.message}`}` }
  }
  if (node.waiting === "Retry") {
    return {
      path,
      because: `it waits to be tried again after ${node.message ?? "a failure"}: ${standingText(node, scene.now)}`
    }
  }
  if (node.waiting === "Permit") return { path, because: permitReason(scene, path) }
  if (node.waiting === "Run") return { path, because: `it waits for run "${scene.runs.get(path) ?? ""}"` }
  const wait = pendingWait(node, scene.asks.get(path), scene.now)
  if (wait !== undefined) return { path, because: wait }
  const placed = mayWait(node) ? scene.permits.get(path) : undefined
  if (placed !== undefined) return { path, because: placed.reason ?? "", ...present({ pool: placed.pool ?? null }) }
  const runsChildren = node.kind === "workflow" || node.kind === "map"
  if (isLowest && runsChildren) {
    return { path, kind: "running", because: "it is running, and its next node has not begun" }
  }
  return { path, kind: "running", because: `it is running (${attemptText(node.attempt, node.attempts)})` }
}

const permitReason = ({ permits }: Scene, path: string): string => permits.get(path)?.reason ?? "it waits for permits"

const notBegun = (
  scene: Scene,
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
    return [own, ...whyNode(scene, row, nodes, plan, owner, seen)]
  }
  const siblings = planAt(plan, above) ?? plan
  const open = node.upstream.map((index) => child(above, siblings.nodes[index]!.name)).filter((up) =>
    !ended(nodes.get(up))
  )
  if (open.length === 0) return [{ path, because: "it is ready and waits for a free slot (parallelism)" }]
  const own = open.map((cause) => ({ path, because: `it waits for ${cause}`, cause }))
  return [...own, ...open.flatMap((cause) => whyNode(scene, row, nodes, plan, cause, seen))]
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
