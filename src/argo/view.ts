/** A run as Argo shows it: nodes with Argo's names, ids, types and phases, made from the journal. */
import type { Engine } from "../engine/Operator.ts"
import type { Event } from "../run/Event.ts"
import { instant } from "../run/instant.ts"
import { baseOf, isHandlerRoot, parent } from "../run/path.ts"
import type { RunFacts } from "../run/facts.ts"
import { isTerminal } from "../run/Phase.ts"
import type { NodeRow, RunRow } from "../run/State.ts"
import { nodeId, runName } from "./compile/naming.ts"
import { pendingWait } from "./pendingWait.ts"
import { namesOfRuns, renaming } from "./commands/keptNames.ts"
import { isEntry, type NodeMeta } from "./compile/NodeMeta.ts"
import { fromEnd, type MemoStatus, messageOf, type Outputs } from "./values/Result.ts"

/** A node as Argo shows it. Times are ISO 8601, empty when they are not known yet. */
export interface ManifestNode {
  readonly id: string
  readonly name: string
  readonly displayName: string
  readonly type: string
  readonly phase: string
  readonly message: string
  readonly templateName: string
  /** The template of another document that it was made from. */
  readonly templateRef?: NonNullable<NodeMeta["templateRef"]>
  readonly inputs: NonNullable<NodeMeta["inputs"]>
  readonly outputs: Outputs
  /** Ids of the nodes directly beneath it. */
  readonly children: ReadonlyArray<string>
  readonly boundaryId: string
  readonly startedAt: string
  readonly finishedAt: string
  /** Of an attempt of a Retry node its number, from 0. */
  readonly attempt: number
  /** Of an attempt of a Retry node: how many its strategy allows, where that has a limit. */
  readonly attempts?: number
  readonly memoizationStatus?: MemoStatus
  /** Full names of the tasks that a task of a DAG depends on. */
  readonly after?: ReadonlyArray<string>
  /** Whether its process goes on after it has ended, for as long as the steps or DAG around it. */
  readonly daemon?: boolean
  /** Of a suspend node that waits: its outputs that still have no value. */
  readonly asks?: ReadonlyArray<string>
  /** Of a suspend node that waits: outputs that may be given values, with the values they have otherwise. */
  readonly defaults?: Readonly<Record<string, string>>
  /** The run whose record of the node was kept, by a memoized resubmission. */
  readonly keptFrom?: string
  /** The engine's path of the node, which commands name it by. */
  readonly path: string
  /** Paths of nodes that belong to it and are not shown: what they log, wait for or hold is its own. */
  readonly hidden?: ReadonlyArray<string>
}

/** A run as Argo shows it. */
export interface ManifestRun {
  readonly id: string
  readonly name: string
  readonly phase: string
  readonly message: string
  readonly startedAt: string
  readonly finishedAt: string
  readonly outputs: Outputs
  readonly nodes: ReadonlyArray<ManifestNode>
  /** Paths of nodes that belong to the run as a whole: what they wait for is its own. */
  readonly hidden: ReadonlyArray<string>
}

/** The name of a manifest, for runs of it that have not begun. */
export type Named = { readonly name?: string; readonly generateName?: string }

/** Reads a run by its id; `undefined` when there is none. */
export const viewRun = ({ host: { journal } }: Engine, id: string, metadata?: Named): ManifestRun | undefined => {
  const run = journal.findRun(id)
  if (run === undefined) return undefined
  const events = new Map(journal.events(run.key, 0).map(({ event, seq }) => [seq, event]))
  const nodes = new Map(journal.nodes(run.key).map((it) => [it.path, it]))
  return manifestRun({ rows: { run, nodes }, seq: events.size, events }, namesOfRuns(journal), metadata)
}

/** A run as Argo shows it, with the values that are known of it; other runs are named by the ids that they have. */
export const manifestRun = (
  { events, rows: { nodes: byPath, run: row } }: RunFacts,
  nameOfRun: (id: string) => string | undefined,
  metadata?: Named
): ManifestRun => {
  const rows = [...byPath.values()]
  const found = rows.flatMap((node) => {
    const meta = metaOf(node, events)
    return meta === undefined || isLeftover(node) || meta.nested === true ? [] : [{ node, meta }]
  })
  const entry = found.find(({ meta }) => isEntry(meta))
  const isKept = entry !== undefined && keptFrom(entry.node, events) !== undefined
  const name = entry === undefined
    ? runName(metadata ?? { name: row.workflow }, row.id)
    : isKept
    ? nameOfCopy(entry.meta.name, row)
    : entry.meta.name
  const renamed = renaming(name, nameOfRun)
  const shown = found.map(({ meta, node }) => {
    const from = keptFrom(node, events)
    return { node, meta: from === undefined ? meta : renamed(meta, from) }
  })
  const below = beneath(shown)
  const hidden = hiddenBeneath(rows, shown)
  const nodes = shown.toSorted((a, b) => a.node.inputSeq - b.node.inputSeq).map(({ meta, node }) => ({
    ...viewNode(name, node, meta, events, below.get(baseOf(node.path)) ?? [], hidden.get(node.path) ?? []),
    ...(meta.type === "Suspend" && node.phase === "Running"
      ? pendingWait(node, meta, [node, ...hidden.get(node.path) ?? []], events)
      : {})
  }))
  return {
    ...verdictOf(row, rows, events),
    id: row.id,
    name,
    startedAt: instant(row.startedAt),
    finishedAt: instant(row.finishedAt),
    outputs: globalsOf(nodes),
    nodes,
    hidden: (hidden.get("") ?? []).map(({ path }) => path)
  }
}

const metaOf = (node: NodeRow, events: ReadonlyMap<number, Event>): NodeMeta | undefined => {
  const event = events.get(node.inputSeq)
  return event !== undefined && "shows" in event ? event.shows as NodeMeta | undefined : undefined
}

/** What is not shown, by the path of the node above it that is. */
const hiddenBeneath = (
  rows: ReadonlyArray<NodeRow>,
  shown: ReadonlyArray<Shown>
): ReadonlyMap<string, ReadonlyArray<NodeRow>> => {
  const paths = new Set(shown.map(({ node }) => node.path))
  return Map.groupBy(rows.filter(({ path }) => !paths.has(path)), ({ path }) => {
    let above = parent(path)
    while (above !== null && !paths.has(above)) above = parent(above)
    return above ?? ""
  })
}

/** The name of a run that kept everything, even its entry, from one of another name. */
const nameOfCopy = (former: string, { id, workflow }: RunRow): string =>
  former === workflow ? workflow : runName({ generateName: `${workflow}-` }, id)

/** The run whose record of a node is reused. */
const keptFrom = ({ resultSeq }: NodeRow, events: ReadonlyMap<number, Event>): string | undefined => {
  const event = events.get(resultSeq)
  return event?.type === "NodeFinished" ? event.from : undefined
}

/** What a manual retry reset and did not come to again. */
const isLeftover = ({ message, phase }: NodeRow): boolean =>
  phase === "Omitted" && message !== "omitted: depends condition not met"

/** What is shown directly beneath each node, by the path of the node. */
const beneath = (shown: ReadonlyArray<Shown>): ReadonlyMap<string, ReadonlyArray<Shown>> => {
  const paths = new Set(shown.map(({ node }) => baseOf(node.path)))
  return Map.groupBy(shown, ({ node }) => {
    // What handles the end of a node comes after it, not beneath it.
    let above = isHandlerRoot(node.path) ? null : parent(node.path)
    while (above !== null && !paths.has(baseOf(above))) above = isHandlerRoot(above) ? null : parent(above)
    return baseOf(above ?? "")
  })
}

interface Shown {
  readonly node: NodeRow
  readonly meta: NodeMeta
}

const viewNode = (
  workflow: string,
  node: NodeRow,
  meta: NodeMeta,
  events: ReadonlyMap<number, Event>,
  children: ReadonlyArray<Shown>,
  hidden: ReadonlyArray<NodeRow>
): ManifestNode => {
  const event = events.get(node.resultSeq)
  const ending = event?.type === "NodeFinished" ? event.ending : undefined
  const result = ending === undefined
    ? undefined
    : fromEnd({ ...ending, ...(ending.output === undefined ? {} : { text: JSON.stringify(ending.output) }) }, meta.type)
  // In files of before a node that needs locks works in one that is not shown.
  const queued = hidden.some(({ phase, waiting }) => phase === "Pending" && waiting === "Permit")
  return {
    id: nodeId(workflow, meta.name),
    name: meta.name,
    displayName: meta.displayName,
    type: meta.type,
    phase: queued ? "Pending" : node.phase,
    message: isTerminal(node.phase) ? messageOf(node.reason, node.message, meta.type) ?? "" : "",
    templateName: meta.template,
    ...(meta.templateRef === undefined ? {} : { templateRef: meta.templateRef }),
    inputs: meta.inputs ?? {},
    outputs: result?.outputs ?? {},
    children: children.map((it) => nodeId(workflow, it.meta.name)),
    boundaryId: meta.boundary === "" ? "" : nodeId(workflow, meta.boundary),
    startedAt: instant(node.startedAt),
    finishedAt: instant(node.finishedAt),
    attempt: Number(/\((\d+)\)$/.exec(meta.name)?.[1] ?? 0),
    ...(meta.attempts === undefined ? {} : { attempts: meta.attempts }),
    ...(meta.daemon === true ? { daemon: true } : {}),
    ...(result?.memo === undefined ? {} : { memoizationStatus: result.memo }),
    ...(meta.after === undefined ? {} : { after: meta.after }),
    ...(event?.type === "NodeFinished" && event.from !== undefined ? { keptFrom: event.from } : {}),
    path: node.path,
    ...(hidden.length === 0 ? {} : { hidden: hidden.map(({ path }) => path) })
  }
}

const globalsOf = (nodes: ReadonlyArray<ManifestNode>): Outputs => {
  const parameters = nodes.flatMap(({ outputs }) => outputs.parameters ?? []).filter((it) =>
    it.globalName !== undefined
  )
  const artifacts = nodes.flatMap(({ outputs }) => outputs.artifacts ?? []).filter((it) => it.globalName !== undefined)
  return {
    parameters: [
      ...new Map(parameters.map(({ globalName, value }) => [globalName!, { name: globalName!, value }])).values()
    ],
    artifacts: [
      ...new Map(
        artifacts.map((
          { globalName, key, s3 }
        ) => [globalName!, s3 === undefined ? { name: globalName!, key } : { name: globalName!, key, s3 }])
      ).values()
    ]
  }
}

/** The manifest's own verdict lies in the node beneath which all others run. */
const verdictOf = (
  row: RunRow,
  rows: ReadonlyArray<NodeRow>,
  events: ReadonlyMap<number, Event>
): Pick<ManifestRun, "message" | "phase"> => {
  const main = rows.find(({ path }) => path === "main")
  const event = main === undefined ? undefined : events.get(main.resultSeq)
  const error = event?.type === "NodeFinished" ? event.ending.error : undefined
  return { phase: row.phase, message: error?.message ?? messageOf(row.reason, row.message, "Workflow") ?? "" }
}
