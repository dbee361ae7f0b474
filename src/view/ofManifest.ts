/** A run of a manifest as it is shown: Argo's names, types and order. */
import { type ManifestNode, manifestRun } from "../argo/view.ts"
import type { RunFacts } from "../run/facts.ts"
import { isTerminal } from "../run/Phase.ts"
import type { NodeRow } from "../run/State.ts"
import { withNames } from "./childNames.ts"
import { type NodeView, pathsOf, type RunView } from "./RunView.ts"
import { countOf, headOf } from "./runHead.ts"

/** The run as Argo shows it. */
export const ofManifest = (
  facts: RunFacts,
  names: ReadonlyMap<string, string | undefined>,
  isInterrupted: boolean
): RunView => {
  const run = manifestRun(facts, (id) => names.get(id))
  const { nodes: rows, run: row } = facts.rows
  const known = [run.name, ...run.nodes.map(({ name }) => name)]
  const byId = new Map(run.nodes.map((it) => [it.id, it]))
  // The handler of the run is shown apart, wherever the view lets it hang.
  const handler = run.nodes.find(({ name }) => name === `${run.name}.onExit`)?.id
  const held = new Set(run.nodes.flatMap(({ children }) => children).filter((id) => id !== handler))
  const view = (node: ManifestNode): NodeView =>
    nodeView(
      { ...node, message: withNames(node.message, known) },
      rows,
      node.children.flatMap((id) => held.has(id) ? byId.get(id) ?? [] : []).toSorted(inOrder).flatMap((it) =>
        shown(view(it))
      )
    )
  const tops = run.nodes.filter(({ id }) => !held.has(id)).map(view)
  const isHandler = ({ name }: NodeView): boolean => name !== run.name
  const nodes = tops.filter((it) => !isHandler(it)).flatMap(shown)
  const handlers = tops.filter(isHandler).flatMap(shown)
  const head = headOf(facts, isInterrupted)
  const outputs = (run.outputs.parameters ?? []).map(({ name, value }) => [name, value] as const)
  return {
    ...head,
    ...countOf(tops),
    message: row.held ?? withNames(run.message, known),
    name: run.name,
    isManifest: true,
    hidden: run.hidden,
    outputs: row.phase === "Succeeded" ? head.outputs : outputs,
    nodes,
    handlers
  }
}

const millis = (iso: string): number => iso === "" ? 0 : Date.parse(iso)

const nodeView = (
  node: ManifestNode,
  rows: ReadonlyMap<string, NodeRow>,
  children: ReadonlyArray<NodeView>
): NodeView => ({
  path: node.path,
  name: node.name,
  label: node.displayName,
  type: node.type,
  phase: node.phase,
  runs: node.templateName,
  message: node.message,
  waiting: waitingOf(node, rows, children),
  attempt: isAttempt(node.name) ? node.attempt + 1 : 0,
  attempts: node.attempts ?? 0,
  startedAt: millis(node.startedAt),
  finishedAt: millis(node.finishedAt),
  progress: "",
  ...(node.hidden === undefined ? {} : { hidden: node.hidden }),
  ...(node.keptFrom === undefined ? {} : { keptFrom: node.keptFrom }),
  ...(node.after === undefined ? {} : { after: node.after }),
  ...(node.asks === undefined ? {} : { asks: node.asks }),
  ...(node.defaults === undefined ? {} : { defaults: node.defaults }),
  isCancelled: /^(?:workflow shutdown with strategy|Stopped with strategy)/.test(node.message),
  items: node.type === "TaskGroup" ? children.length : 0,
  children
})

const isAttempt = (name: string): boolean => /\(\d+\)$/.test(name)

const waitingOf = (
  { hidden = [], path, type }: ManifestNode,
  rows: ReadonlyMap<string, NodeRow>,
  children: ReadonlyArray<NodeView>
): string => {
  const row = rows.get(path)
  if (row === undefined || isTerminal(row.phase)) return ""
  if (type === "Suspend") return "Signal"
  if (type === "Retry" && children.length > 0 && children.every((it) => it.finishedAt > 0)) return "Retry"
  const waits = pathsOf({ path, hidden }).flatMap((it) => rows.get(it)?.waiting ?? [])
  return waits.includes("Permit") ? "Permit" : waits[0] ?? ""
}

const inOrder = (a: ManifestNode, b: ManifestNode): number =>
  millis(a.startedAt) - millis(b.startedAt) || turnOf(a) - turnOf(b)

const turnOf = ({ displayName }: ManifestNode): number => Number(/\((\d+)[:)]/.exec(displayName)?.[1] ?? 0)

/** Argo shows no omitted node, and of a Retry node with one attempt the attempt, unless there will be another one. */
const shown = (node: NodeView): ReadonlyArray<NodeView> => {
  if (node.phase === "Omitted") return []
  const [attempt, more] = node.children
  if (node.type !== "Retry" || node.waiting === "Retry" || attempt === undefined || more !== undefined) return [node]
  return [{ ...attempt, hidden: [...attempt.hidden ?? [], ...pathsOf(node)] }]
}
