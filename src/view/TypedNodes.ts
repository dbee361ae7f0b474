/** The nodes of a typed run as they are shown. */
import { asksPerson } from "../run/asksPerson.ts"
import { Arrangement } from "../run/Arrangement.ts"
import type { Ending, Event } from "../run/Event.ts"
import type { RunFacts } from "../run/facts.ts"
import { isHandlerRoot, isItem } from "../run/path.ts"
import { isFailure, isTerminal, type Reason } from "../run/Phase.ts"
import type { NodeRow } from "../run/State.ts"
import { errorText } from "./errorText.ts"
import { runsIn } from "./planned.ts"
import { payload } from "./runHead.ts"
import { firstSeq } from "../run/tree.ts"
import type { NodeView, RunView } from "./RunView.ts"
import type { Showing } from "./Showing.ts"

/** All nodes of the run, each beneath the one that holds it; `plan` is the recorded one as JSON text. */
export const typedNodes = (facts: RunFacts, plan: string | undefined): Showing => {
  const places = new Arrangement({ isShown: () => true, isApart: () => false })
  for (const path of facts.rows.nodes.keys()) places.put(path)
  const runs = runsIn(plan)
  return {
    places,
    put: (path) => places.put(path),
    rank: (row) => [isHandlerRoot(row.path) ? 1 : 0, turnOf(row), firstSeq(row)],
    node: (row, children) => nodeView(row, facts.events, runs, children),
    inPlaceOf: (node) => [node],
    isHandler: ({ path }) => isHandlerRoot(path),
    run: (): Pick<RunView, "isManifest" | "name"> => ({ name: facts.rows.run.id, isManifest: false })
  }
}

/** Items of lists stand in the order of the list, also those that have not begun. */
const turnOf = ({ path }: NodeRow): number => path.endsWith("]") ? Number(/\[(\d+)\]$/.exec(path)?.[1] ?? 0) : 0

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
  ...waitOf(node, events.get(node.inputSeq)),
  attempt: node.attempt,
  attempts: node.attempts,
  ...node.reruns > 0 ? { reruns: node.reruns } : {},
  startedAt: node.startedAt,
  finishedAt: node.finishedAt,
  progress: node.progress === null
    ? ""
    : `${node.progress.done}/${node.progress.total} ${node.progress.note ?? ""}`.trim(),
  items: node.kind === "map" ? itemsIn(events.get(node.inputSeq)) : 0,
  children
})

/** A wait for a person is one, also when it ends by itself. */
const waitOf = ({ phase, until, waiting }: NodeRow, event: Event | undefined): Pick<NodeView, "until" | "waiting"> => {
  if (isTerminal(phase) || waiting === null) return { waiting: "" }
  const { asks } = (payload(event) ?? {}) as { readonly asks?: { readonly sleeps?: boolean } }
  return waiting === "Timer" && asksPerson(asks) ? { waiting: "Signal", until } : { waiting }
}

const itemsIn = (event: Event | undefined): number =>
  Number((payload(event) as { readonly items?: number } | null | undefined)?.items ?? 0)

type Finished = Extract<Event, { readonly type: "NodeFinished" }>

/** The end of a node whose record was kept, which only nodes have that never began here. */
const originOf = ({ startedAt }: NodeRow, event: Event | undefined): Finished | undefined =>
  event?.type === "NodeFinished" && startedAt === 0 ? event : undefined

/** The recorded ending of a node that failed, which alone has what was thrown. */
const failureOf = ({ phase }: NodeRow, event: Event | undefined): Ending | undefined =>
  isFailure(phase) && event !== undefined && "ending" in event ? event.ending : undefined

const keptIn = (origin: Finished | undefined): Pick<NodeView, "keptFrom" | "reused"> => {
  if (origin?.from === undefined) return {}
  return origin.reused === undefined ? { keptFrom: origin.from } : { keptFrom: origin.from, reused: origin.reused }
}

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
