/** A run as one object with all its values: with Argo's keys, whoever defined it. */
import * as Effect from "effect/Effect"
import { manifestRun } from "../argo/view.ts"
import type { JournalError } from "../journal/JournalError.ts"
import type { RunFacts } from "../run/facts.ts"
import { instant } from "../run/instant.ts"
import { parent } from "../run/path.ts"
import type { NodeRow } from "../run/State.ts"
import { labelOf } from "./TypedNodes.ts"
import { originsIn } from "../argo/commands/keptNames.ts"
import { readFacts } from "../engine/observe/readFacts.ts"
import type { RunSource } from "./RunSource.ts"
import { payload } from "./runHead.ts"
import { byBeginning } from "../run/tree.ts"

/** The run with its nodes, inputs and outputs; `undefined` when there is none of this id. */
export const runObject = (source: RunSource, id: string): Effect.Effect<object | undefined, JournalError> =>
  Effect.gen(function* () {
    const facts = yield* readFacts(source, id, "nodes")
    if (facts === undefined) return undefined
    if (facts.rows.run.kind !== "manifest") return ofTyped(facts)
    const names = yield* originsIn(source, facts)
    const { hidden: _, nodes, ...run } = manifestRun(facts, (from) => names.get(from))
    return { ...run, nodes: nodes.map(({ hidden: _, ...node }) => node) }
  })

const ofTyped = (facts: RunFacts): object => {
  const { events, rows: { nodes: byPath, run: row } } = facts
  const nodes = [...byPath.values()].toSorted(byBeginning)
  const beneath = Map.groupBy(nodes, ({ path }) => parent(path) ?? "")
  return {
    id: row.id,
    name: row.id,
    workflow: row.workflow,
    phase: row.phase,
    reason: row.reason,
    message: row.message ?? "",
    startedAt: instant(row.startedAt),
    finishedAt: instant(row.finishedAt),
    input: payload(events.get(row.inputSeq)) ?? null,
    output: payload(events.get(row.resultSeq)) ?? null,
    labels: row.labels,
    nodes: nodes.map((node) => nodeObject(facts, node, beneath.get(node.path) ?? []))
  }
}

const nodeObject = ({ events }: RunFacts, node: NodeRow, children: ReadonlyArray<NodeRow>): object => ({
  id: node.path,
  name: node.path,
  displayName: labelOf(node.path),
  type: node.kind,
  phase: node.phase,
  reason: node.reason,
  message: node.message ?? "",
  waiting: node.waiting,
  input: payload(events.get(node.inputSeq)) ?? null,
  output: payload(events.get(node.resultSeq)) ?? null,
  children: children.map(({ path }) => path),
  startedAt: instant(node.startedAt),
  finishedAt: instant(node.finishedAt),
  attempt: node.attempt,
  ...(node.attempts === 0 ? {} : { attempts: node.attempts })
})
