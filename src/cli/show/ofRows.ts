/** A run of a TypeScript workflow as it is shown. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { Ending } from "../../run/Event.ts"
import { isFailure, isTerminal, type Reason } from "../../run/Phase.ts"
import { holder, isHandlerRoot, isItem } from "../../run/path.ts"
import type { NodeRow, RunRow } from "../../run/State.ts"
import { errorText } from "../paint/errorText.ts"
import { countOf, headOf, payload } from "./runHead.ts"
import type { NodeView, RunView } from "./RunView.ts"

/** The run with its nodes as the engine knows them. */
export const ofRows = (pinnace: Pinnace, row: RunRow, rows: ReadonlyArray<NodeRow>): RunView => {
  const runs = runsOf(pinnace, row)
  const endingOf = failureOf(pinnace)
  const above = Map.groupBy(rows, ({ path }) => holder(path) ?? "")
  const itemsOf = (node: NodeRow): number => {
    const input = node.kind === "map" ? payload(pinnace, row, node.inputSeq) : undefined
    return Number((input as { readonly items?: number } | null | undefined)?.items ?? 0)
  }
  const from = originOf(pinnace, row)
  const view = (node: NodeRow): NodeView =>
    nodeView(node, { endingOf, runs, itemsOf, from }, beneath(above, node).map(view))
  const top = above.get("") ?? []
  const nodes = top.filter(({ path }) => !isHandlerRoot(path)).map(view)
  const handlers = top.filter(({ path }) => isHandlerRoot(path)).map(view)
  return {
    ...headOf(pinnace, row),
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

interface Lookups {
  readonly endingOf: (node: NodeRow) => Ending | undefined
  readonly runs: (path: string) => string
  readonly itemsOf: (node: NodeRow) => number
  readonly from: (node: NodeRow) => string | undefined
}

const nodeView = (
  node: NodeRow,
  { endingOf, from, itemsOf, runs }: Lookups,
  children: ReadonlyArray<NodeView>
): NodeView => ({
  ...keptIn(from(node)),
  ...failureIn(node, endingOf(node)),
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
  items: itemsOf(node),
  children
})

/** The run whose record of a node was kept, which only runs that were made from others have. */
const originOf = (pinnace: Pinnace, row: RunRow) => ({ resultSeq, run, startedAt }: NodeRow): string | undefined => {
  if (row.origin === null || startedAt > 0 || resultSeq === 0) return undefined
  const event = pinnace.engine.host.journal.events(run, resultSeq - 1, 1)[0]?.event
  return event?.type === "NodeFinished" ? event.from : undefined
}

/** The recorded ending of a node that failed, which alone has what was thrown. */
const failureOf = (pinnace: Pinnace) => ({ phase, resultSeq, run }: NodeRow): Ending | undefined => {
  if (!isFailure(phase)) return undefined
  const event = pinnace.engine.host.journal.events(run, resultSeq - 1, 1)[0]?.event
  return event !== undefined && "ending" in event ? event.ending : undefined
}

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
const runsOf = (pinnace: Pinnace, { digest }: RunRow): (path: string) => string => {
  const stored = pinnace.engine.host.journal.plan(digest)
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
