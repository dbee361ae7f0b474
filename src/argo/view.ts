/** A run as Argo shows it: nodes with Argo's names, ids, types and phases, made from the journal. */
import * as Effect from "effect/Effect"
import type { Engine } from "../engine/Operator.ts"
import type { JournalError } from "../journal/JournalError.ts"
import type { RunFacts } from "../run/facts.ts"
import { instant } from "../run/instant.ts"
import type { NodeRow } from "../run/State.ts"
import { namesOfOrigins } from "./commands/keptNames.ts"
import { nodeId } from "./compile/naming.ts"
import type { NodeMeta } from "./compile/NodeMeta.ts"
import { type Named, ShownNodes } from "./ShownNodes.ts"
import { keptIn, type MemoStatus, messageOf, type Outputs } from "./values/Result.ts"

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

/** Reads a run by its id; `undefined` when there is none. */
export const viewRun = (
  { host: { journal: { reads } } }: Engine,
  id: string,
  metadata?: Named
): Effect.Effect<ManifestRun | undefined, JournalError> =>
  Effect.gen(function* () {
    const run = yield* reads.findRun(id)
    if (run === undefined) return undefined
    const events = new Map((yield* reads.events(run.key, 0)).map(({ event, seq }) => [seq, event]))
    const nodes = new Map((yield* reads.nodes(run.key)).map((it) => [it.path, it]))
    const names = yield* namesOfOrigins(reads, events.values())
    return manifestRun({ rows: { run, nodes }, seq: events.size, events }, (id) => names.get(id), metadata)
  })

/** A run as Argo shows it, with the values that are known of it; other runs are named by the ids that they have. */
export const manifestRun = (
  facts: RunFacts,
  nameOfRun: (id: string) => string | undefined,
  metadata?: Named
): ManifestRun => {
  const shown = new ShownNodes(facts, nameOfRun, metadata)
  const { nodes: rows, run: row } = facts.rows
  const nodes = [...rows.values()].filter(({ path }) => shown.places.isShown(path))
    .sort((a, b) => a.inputSeq - b.inputSeq).map((node) => viewNode(shown, node))
  return {
    phase: row.phase,
    message: verdictOf(facts),
    id: row.id,
    name: shown.name,
    startedAt: instant(row.startedAt),
    finishedAt: instant(row.finishedAt),
    outputs: globalsOf(nodes),
    nodes,
    hidden: shown.hidden("").map(({ path }) => path)
  }
}

const viewNode = (shown: ShownNodes, node: NodeRow): ManifestNode => {
  const meta = shown.meta(node)
  const event = shown.event(node.resultSeq)
  const { memo, outputs = {} } = event?.type === "NodeFinished" ? keptIn(event.ending) : {}
  const below = [...shown.places.shown(node.path)].map((path) => shown.row(path))
  const hidden = shown.hidden(node.path)
  const from = shown.keptFrom(node)
  return {
    id: nodeId(shown.name, meta.name),
    name: meta.name,
    displayName: meta.displayName,
    type: meta.type,
    phase: shown.phase(node),
    message: shown.message(node, meta),
    templateName: meta.template,
    ...(meta.templateRef === undefined ? {} : { templateRef: meta.templateRef }),
    inputs: meta.inputs ?? {},
    outputs,
    children: below.sort(byPath).map((it) => nodeId(shown.name, shown.meta(it).name)),
    boundaryId: meta.boundary === "" ? "" : nodeId(shown.name, meta.boundary),
    startedAt: instant(node.startedAt),
    finishedAt: instant(node.finishedAt),
    attempt: Number(/\((\d+)\)$/.exec(meta.name)?.[1] ?? 0),
    ...(meta.attempts === undefined ? {} : { attempts: meta.attempts }),
    ...(meta.daemon === true ? { daemon: true } : {}),
    ...(memo === undefined ? {} : { memoizationStatus: memo }),
    ...(meta.after === undefined ? {} : { after: meta.after }),
    ...(from === undefined ? {} : { keptFrom: from }),
    path: node.path,
    ...(hidden.length === 0 ? {} : { hidden: hidden.map(({ path }) => path) }),
    ...shown.wait(node, meta)
  }
}

const byPath = (a: NodeRow, b: NodeRow): number => a.path < b.path ? -1 : 1

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
export const verdictOf = ({ events, rows: { nodes, run } }: RunFacts): string => {
  const event = events.get(nodes.get("main")?.resultSeq ?? 0)
  const error = event?.type === "NodeFinished" ? event.ending.error : undefined
  return error?.message ?? messageOf(run.reason, run.message, "Workflow") ?? ""
}
