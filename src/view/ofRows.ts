/** A run of a TypeScript workflow as it is shown. */
import type { Ending, Event } from "../run/Event.ts"
import type { RunFacts } from "../run/facts.ts"
import { isFailure, isTerminal, type Reason } from "../run/Phase.ts"
import { holder, isHandlerRoot, isItem } from "../run/path.ts"
import type { NodeRow } from "../run/State.ts"
import { errorText } from "./errorText.ts"
import { byBeginning, countOf, headOf, payload } from "./runHead.ts"
import type { NodeView, RunView } from "./RunView.ts"

/** The run with its nodes as the engine knows them; `plan` is the recorded one as JSON text. */
export const ofRows = (facts: RunFacts, plan: string | undefined, isInterrupted: boolean): RunView => {
  const { events, rows: { nodes: byPath, run: row } } = facts
  const runs = runsOf(plan)
  const rows = [...byPath.values()].toSorted(byBeginning)
  const above = Map.groupBy(rows, ({ path }) => holder(path) ?? "")
  const view = (node: NodeRow): NodeView => nodeView(node, events, runs, beneath(above, node).map(view))
  const top = above.get("") ?? []
  const nodes = top.filter(({ path }) => !isHandlerRoot(path)).map(view)
  const handlers = top.filter(({ path }) => isHandlerRoot(path)).map(view)
  return {
    ...headOf(facts, isInterrupted),
    ...countOf([...nodes, ...handlers]),
    name: row.id,
    isManifest: false,
    nodes,
    handlers
  }
}

/** What hangs beneath a node, of all its attempts; handlers last. */
const beneath = (above: ReadonlyMap<string, ReadonlyArray<NodeRow>>, { attempt, base, path }: NodeRow) => {
  const later = Array.from({ length: Math.max(0, base + attempt - 1) }, (_, at) => `${path}#${at + 2}`)
  const found = [path, ...later].flatMap((prefix) => above.get(prefix) ?? [])
  return found.toSorted((a, b) =>
    Number(isHandlerRoot(a.path)) - Number(isHandlerRoot(b.path)) || turnOf(a) - turnOf(b)
  )
}

/** Items of lists stand in the order of the list, also those that have not begun. */
const turnOf = ({ path }: NodeRow): number => Number(/\[(\d+)\]$/.exec(path)?.[1] ?? 0)

const nodeView = (
  node: NodeRow,
  events: ReadonlyMap<number, Event>,
  runs: (path: string) => string,
  children: ReadonlyArray<NodeView>
): NodeView => ({
  ...keptIn(originOf(node, events.get(node.resultSeq))),
  ...failureIn(node, failureOf(node, events.get(node.resultSeq))),
  path: node.path,
  name: node.path,
  label: labelOf(node.path),
  type: node.kind,
  phase: node.phase,
  runs: runs(node.path),
  waiting: isTerminal(node.phase) ? "" : node.waiting ?? "",
  attempt: node.attempt,
  attempts: node.attempts,
  startedAt: node.startedAt,
  finishedAt: node.finishedAt,
  progress: node.progress === null
    ? ""
    : `${node.progress.done}/${node.progress.total} ${node.progress.note ?? ""}`.trim(),
  items: node.kind === "map" ? itemsIn(events.get(node.inputSeq)) : 0,
  children
})

const itemsIn = (event: Event | undefined): number =>
  Number((payload(event) as { readonly items?: number } | null | undefined)?.items ?? 0)

/** The run whose record of a node was kept, which only nodes have that never began here. */
const originOf = ({ startedAt }: NodeRow, event: Event | undefined): string | undefined =>
  event?.type === "NodeFinished" && startedAt === 0 ? event.from : undefined

/** The recorded ending of a node that failed, which alone has what was thrown. */
const failureOf = ({ phase }: NodeRow, event: Event | undefined): Ending | undefined =>
  isFailure(phase) && event !== undefined && "ending" in event ? event.ending : undefined

const keptIn = (from: string | undefined): Pick<NodeView, "keptFrom"> => from === undefined ? {} : { keptFrom: from }

const cancelled = new Set<Reason | null>(["Stopped", "Terminated", "FailFast"])

/** Why a node did not succeed; of typed errors with their fields. */
const failureIn = (
  { message, phase, reason }: NodeRow,
  ending: Ending | undefined
): Pick<NodeView, "error" | "isCancelled" | "message"> => {
  if (!isTerminal(phase) || phase === "Succeeded") return { message: "" }
  return {
    message: reason === "TaskFailed" && ending !== undefined ? errorText(ending) : message ?? reason ?? "",
    error: ending?.error,
    isCancelled: cancelled.has(reason)
  }
}

/** The last part of a path: `fetch`, `[3]`, `fetch.onExit`. */
export const labelOf = (path: string): string => {
  if (isItem(path)) return path.slice(path.lastIndexOf("["))
  if (path.startsWith(".")) return path.slice(1)
  return path.slice(path.lastIndexOf("/") + 1)
}

interface StoredPlan {
  readonly digest: string
  readonly plans: Readonly<
    Record<
      string,
      {
        readonly nodes: ReadonlyArray<
          { readonly name: string; readonly runs: string | null; readonly plan: string | null }
        >
      }
    >
  >
}

/** What the node at a path runs, as far as the recorded plan tells. */
const runsOf = (stored: string | undefined): (path: string) => string => {
  if (stored === undefined) return () => ""
  const { digest: root, plans } = JSON.parse(stored) as StoredPlan
  return (path) => {
    let key: string | null = root
    let runs = ""
    for (const step of path.replace(/#\d+|\[[^\]]*\]/g, "").split("/")) {
      const node: StoredPlan["plans"][string]["nodes"][number] | undefined = plans[key ?? ""]?.nodes.find(({ name }) =>
        name === step
      )
      if (node === undefined) return ""
      runs = node.runs ?? ""
      key = node.plan
    }
    return runs
  }
}
