/** The nodes of a manifest's run as they are shown: with Argo's names, types and order. */
import { nodeId } from "../argo/compile/naming.ts"
import type { NodeMeta } from "../argo/compile/NodeMeta.ts"
import { ShownNodes } from "../argo/ShownNodes.ts"
import { verdictOf } from "../argo/ManifestView.ts"
import type { RunFacts } from "../run/facts.ts"
import { isHandlerRoot } from "../run/path.ts"
import { isTerminal } from "../run/Phase.ts"
import type { NodeRow } from "../run/State.ts"
import { withNames } from "./childNames.ts"
import { type NodeView, pathsOf } from "./RunView.ts"
import type { Showing } from "./Showing.ts"

/**
 * What Argo knows as nodes; `origins` are the names of other runs by their ids. Argo's page shows all of them, hooks
 * beneath their nodes; its command leaves out what says nothing, and has hooks at the end.
 */
export const manifestNodes = (
  facts: RunFacts,
  origins: ReadonlyMap<string, string | undefined>,
  asPage = false
): Showing => {
  const shown = new ShownNodes(facts, (id) => origins.get(id), undefined, !asPage)
  const ids = new Ids(facts, shown)
  const nameOf = (id: string): string | undefined => ids.nameOf(id)
  return {
    places: shown.places,
    put: (path) => {
      const changed = shown.put(path)
      ids.add(path)
      return changed
    },
    rank: (row) => [row.startedAt, turnOf(shown.meta(row)), row.inputSeq],
    node: (row, children) => nodeView(shown, row, children, nameOf),
    inPlaceOf: asPage ? (node) => [node] : inPlaceOf,
    isHandler: ({ name }) => name !== shown.name,
    run: () => ({
      name: shown.name,
      isManifest: true,
      message: facts.rows.run.held ?? withNames(verdictOf(facts), nameOf),
      hidden: shown.hidden("").map(({ path }) => path)
    })
  }
}

const nodeView = (
  shown: ShownNodes,
  row: NodeRow,
  children: ReadonlyArray<NodeView>,
  nameOf: (id: string) => string | undefined
): NodeView => {
  const meta = shown.meta(row)
  const hidden = shown.hidden(row.path)
  const wait = shown.wait(row, meta)
  const message = shown.message(row, meta)
  const from = shown.keptFrom(row)
  const view: { -readonly [K in keyof NodeView]: NodeView[K] } = {
    path: row.path,
    name: meta.name,
    label: meta.displayName,
    type: meta.type,
    phase: shown.phase(row),
    runs: meta.template,
    message: withNames(message, nameOf),
    waiting: waitingOf(row, meta, hidden, children),
    attempt: attemptOf(meta),
    attempts: meta.attempts ?? 0,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    progress: "",
    isCancelled: message !== "" && /^(?:workflow shutdown with strategy|Stopped with strategy)/.test(message),
    items: meta.type === "TaskGroup" ? children.length : 0,
    children
  }
  if (hidden.length > 0) view.hidden = hidden.map(({ path }) => path)
  if (from !== undefined) view.keptFrom = from
  if (meta.after !== undefined) view.after = meta.after
  return wait === undefined ? view : { ...view, ...wait }
}

/** Names of nodes by Argo's ids of them, made when a message has such an id in it. */
class Ids {
  readonly #facts: RunFacts
  readonly #shown: ShownNodes
  #run = ""
  readonly #names = new Map<string, string>()

  constructor(facts: RunFacts, shown: ShownNodes) {
    this.#facts = facts
    this.#shown = shown
  }

  /** Takes note of a node; of no use before somebody asked. */
  add(path: string): void {
    if (this.#run === "" || !this.#shown.places.isShown(path)) return
    const { name } = this.#shown.meta(this.#shown.row(path))
    this.#names.set(nodeId(this.#run, name), name)
  }

  nameOf(id: string): string | undefined {
    if (this.#run !== this.#shown.name) {
      this.#run = this.#shown.name
      this.#names.clear()
      for (const path of this.#facts.rows.nodes.keys()) this.add(path)
    }
    return this.#names.get(id)
  }
}

/** Attempts have names like `work(1)`; they count from 0 there. */
const attemptOf = ({ name }: NodeMeta): number => {
  const number = name.endsWith(")") ? /\((\d+)\)$/.exec(name)?.[1] : undefined
  return number === undefined ? 0 : Number(number) + 1
}

const waitingOf = (
  row: NodeRow,
  { type }: NodeMeta,
  hidden: ReadonlyArray<NodeRow>,
  children: ReadonlyArray<NodeView>
): string => {
  if (isTerminal(row.phase)) return ""
  if (type === "Suspend") return "Signal"
  const attempts = type === "Retry" ? attemptsIn(children) : []
  if (attempts.length > 0 && attempts.every((it) => it.finishedAt > 0)) return "Retry"
  const waits = [row, ...hidden].flatMap(({ waiting }) => waiting ?? [])
  return waits.includes("Permit") ? "Permit" : waits[0] ?? ""
}

const turnOf = ({ displayName }: NodeMeta): number =>
  displayName.includes("(") ? Number(/\((\d+)[:)]/.exec(displayName)?.[1] ?? 0) : 0

/** Argo shows no omitted node, and of a Retry node with one attempt the attempt, unless there will be another one. */
const inPlaceOf = (node: NodeView): ReadonlyArray<NodeView> => {
  if (node.phase === "Omitted") return []
  const [attempt, more] = node.children
  if (node.type !== "Retry" || node.waiting === "Retry" || attempt === undefined || more !== undefined) return [node]
  const shown = { ...attempt, hidden: [...attempt.hidden ?? [], ...pathsOf(node)] }
  return [node.after === undefined ? shown : { ...shown, after: node.after }]
}

/** What is beneath a Retry node besides its hooks. */
const attemptsIn = (children: ReadonlyArray<NodeView>): ReadonlyArray<NodeView> =>
  children.filter(({ path }) => !isHandlerRoot(path))
