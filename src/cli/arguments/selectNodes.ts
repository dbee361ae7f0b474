/** Which nodes of a run are meant, chosen by Argo's field selectors. */
import * as Effect from "effect/Effect"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { parseSelector, type Selectable, type Selector } from "../../argo/commands/selector.ts"
import { findNode } from "./findNode.ts"
import { byPath, everyNode, type NodeView, type RunView } from "../../view/RunView.ts"
import { viewOf } from "./rows.ts"
import type { Flags, Options } from "../Verb.ts"

/** The option that chooses nodes; `about` says what becomes of them. */
export const nodeSelector = (about: string): Options => ({
  "node-field-selector": { type: "string", value: "FIELD=VALUE,…", about }
})

/** The options that choose the nodes to show. */
export const shownNodes: Options = {
  ...nodeSelector("Show only these nodes, as in templateName=build"),
  status: { type: "string", value: "PHASE", about: "Show only nodes of this phase" }
}

/** What the options choose, if one is given. Throws BadSelector. */
export const nodeChoice = (flags: Flags): Selector | undefined => {
  const [text, status] = [flags.text("node-field-selector"), flags.text("status")]
  if (text === undefined && status === undefined) return undefined
  const isChosen = parseSelector(text ?? "")
  return (node) => isChosen(node) && (status === undefined || node.phase.toLowerCase() === status.toLowerCase())
}

/** The paths of the nodes that are chosen; `undefined` when nothing chooses among them. */
export const selectedNodes = async (
  pinnace: Pinnace,
  run: RunHandle,
  isChosen: Selector | undefined
): Promise<ReadonlySet<string> | undefined> => {
  const chosen = await chosenNodes(pinnace, run, isChosen)
  return chosen && new Set(chosen.map(({ path }) => path))
}

type Choice = Selectable & Pick<NodeView, "hidden" | "path">

const chosenNodes = async (
  pinnace: Pinnace,
  run: RunHandle,
  isChosen: Selector | undefined
): Promise<ReadonlyArray<Choice> | undefined> =>
  isChosen === undefined ? undefined : (await selectable(pinnace, run)).filter(isChosen)

const selectable = async (
  pinnace: Pinnace,
  run: RunHandle
): Promise<ReadonlyArray<Choice>> => {
  const view = await viewOf(pinnace, run)
  if (!view.isManifest) {
    return everyNode(view).map((node) => ({
      ...node,
      id: node.path,
      displayName: node.label,
      templateName: node.runs,
      inputs: {}
    }))
  }
  const { viewRun } = await import("../../argo/view.ts")
  return (await Effect.runPromise(viewRun(pinnace.engine, run.id)))?.nodes ?? []
}

/** The run with the chosen nodes only: what is beneath one that is not shown takes its place. */
export const onlyNodes = (run: RunView, chosen: ReadonlySet<string> | undefined): RunView => {
  if (chosen === undefined) return run
  const kept = (nodes: ReadonlyArray<NodeView>): ReadonlyArray<NodeView> =>
    nodes.flatMap((node) => {
      const children = kept(node.children)
      return chosen.has(node.path) ? [{ ...node, children }] : children
    })
  return { ...run, nodes: kept(run.nodes), handlers: kept(run.handlers) }
}

/** Whether a path is of a node that is meant: within the named one, and among those that the option chooses. */
export const meantNodes = async (
  pinnace: Pinnace,
  run: RunHandle,
  flags: Flags,
  name: string | undefined
): Promise<(path: string) => boolean> => {
  // A node is chosen with what it does in hidden ones, not with the nodes beneath.
  const nodes = await chosenNodes(pinnace, run, nodeChoice(flags))
  const chosen = nodes && byPath(nodes)
  const within = name === undefined ? undefined : findNode(await viewOf(pinnace, run), name).path
  return (path) => (within === undefined || isWithin(path, within)) && (chosen === undefined || chosen.has(path))
}

/** A node with all that runs beneath it. */
const isWithin = (path: string, node: string): boolean =>
  path === node || path.startsWith(node) && "/[#".includes(path[node.length]!)
