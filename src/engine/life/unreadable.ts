/**
 * Recorded values that will be read and no longer fit today's
 * schemas: a run that has them is held before anything of it goes on.
 */
import { mentionsOf, nodesIn } from "../../plan/edges.ts"
import type { Plan, PlanNode } from "../../plan/Plan.ts"
import { encodeThrown, errorWords } from "../../run/thrown.ts"
import { child } from "../../run/path.ts"
import { isFailure, isTerminal } from "../../run/Phase.ts"
import type { NodeRow } from "../../run/State.ts"
import { livePrefix, treeOf } from "../../run/tree.ts"
import type { AnyCodec, AnyWorkflow } from "../../workflow/Definition.ts"
import type { Ledger } from "../Ledger.ts"
import { codecsOf } from "../node/codecs.ts"
import { nothing } from "../node/NodeEnd.ts"
import { fromText } from "../node/value.ts"

/** A recorded value that does not fit: the node to run again, and the sentence that says so. */
export interface Unreadable {
  readonly path: string
  readonly why: string
}

/**
 * The first such values, none when all fit: of items, which read nothing of each other, the first of each. Nodes that
 * are `redone` give new ones. A run that is stopping reads none.
 */
export const unreadable = (ledger: Evidence, plan: Plan, redone: ReadonlySet<string>): ReadonlyArray<Unreadable> => {
  const { phase, stopping } = ledger.row
  return stopping !== null && !isTerminal(phase) ? [] : within({ ledger, redone }, plan, "")
}

interface Evidence extends Pick<Ledger, "row" | "texts"> {
  readonly nodes: ReadonlyMap<string, NodeRow>
}

interface Scene {
  readonly ledger: Evidence
  readonly redone: ReadonlySet<string>
}

const within = (scene: Scene, plan: Plan, prefix: string): ReadonlyArray<Unreadable> => {
  for (const node of plan.nodes) {
    const path = child(prefix, node.name)
    const row = scene.ledger.nodes.get(path)
    if (row !== undefined && hasEnded(scene, row)) continue
    const found = ofNode(scene, { plan, prefix, node, path, row })
    if (found.length > 0) return found
  }
  if (failed(scene, plan, prefix) || plan.workflow.result === undefined) return []
  const names = nodesIn(plan.workflow.result)
  return listed(ofOutputs(scene, plan, prefix, names, "the result of the workflow is made of it"))
}

const listed = (found: Unreadable | undefined): ReadonlyArray<Unreadable> => found === undefined ? [] : [found]

/** A manual retry runs failures again, which then read. */
const hasEnded = ({ ledger, redone }: Scene, row: NodeRow): boolean =>
  isTerminal(row.phase) && !redone.has(row.path) && !(isTerminal(ledger.row.phase) && isFailure(row.phase))

/** A graph in which a node failed for good may have no result. */
const failed = (scene: Scene, plan: Plan, prefix: string): boolean =>
  plan.nodes.some(({ name }) => {
    const row = scene.ledger.nodes.get(child(prefix, name))
    return row !== undefined && isFailure(row.phase) && hasEnded(scene, row)
  })

interface Place {
  readonly plan: Plan
  readonly prefix: string
  readonly node: PlanNode
  readonly path: string
  readonly row: NodeRow | undefined
}

const ofNode = (scene: Scene, { node, path, plan, prefix, row }: Place): ReadonlyArray<Unreadable> => {
  const { def } = node
  const input = row === undefined || isTerminal(row.phase) ? undefined : scene.ledger.texts.get(row.inputSeq)
  // What has begun goes on with its recorded input; only a map reads its sources again.
  const own = input === undefined || def.map !== undefined || def.runnable === undefined
    ? ofOutputs(scene, plan, prefix, readBy(node), `node "${path}" is to read it`)
    : ofInput(def.runnable.input, input, path)
  return own === undefined && row !== undefined ? beneath(scene, node, row) : listed(own)
}

const readBy = ({ def }: PlanNode): ReadonlyArray<string> =>
  mentionsOf(def).filter(({ kind }) => kind === "needs" || kind === "items").map(({ node }) => node)

const beneath = (scene: Scene, { def, plan }: PlanNode, row: NodeRow): ReadonlyArray<Unreadable> => {
  if (plan === undefined) return []
  const open = def.map === undefined
    ? [row]
    : treeOf(scene.ledger.nodes)(livePrefix(row)).items.filter((item) => !hasEnded(scene, item))
  return open.flatMap((one) => within(scene, plan, livePrefix(one)))
}

const ofOutputs = (
  scene: Scene,
  plan: Plan,
  prefix: string,
  names: ReadonlyArray<string>,
  reader: string
): Unreadable | undefined => {
  for (const name of names) {
    const path = child(prefix, name)
    const row = scene.ledger.nodes.get(path)
    if (scene.redone.has(path)) continue
    const text = row?.phase === "Succeeded" ? scene.ledger.texts.get(row.resultSeq) : undefined
    const wrong = text === undefined ? undefined : misfit(codecsOf(plan.byName.get(name)!.def).output, text)
    if (wrong === undefined) continue
    return { path, why: `the output of node "${path}" does not match its schema of today (${wrong}), and ${reader}` }
  }
  return undefined
}

const ofInput = (codec: AnyCodec, text: string, path: string): Unreadable | undefined => {
  const wrong = misfit(codec, text)
  if (wrong === undefined) return undefined
  return { path, why: `the input with which node "${path}" began does not match its schema of today (${wrong})` }
}

const misfit = (codec: AnyCodec, text: string): string | undefined => {
  try {
    fromText(codec, text)
    return undefined
  } catch (error) {
    return errorWords(encodeThrown(error))
  }
}

/** Why the input of a run is none of a workflow, or `undefined`. */
export const unfitInput = (ledger: Pick<Ledger, "row" | "texts">, { input }: AnyWorkflow): string | undefined => {
  const wrong = misfit(input, ledger.texts.get(ledger.row.inputSeq) ?? nothing)
  return wrong === undefined ? undefined : `its input does not fit: ${wrong}`
}
