/**
 * What a page needs of a run to show it as it stands: its rows, and of its events no more than what rows are shown by.
 * Whoever has it goes on from its number. Pure.
 */
import { keptIn, type MemoStatus } from "../argo/values/Result.ts"
import type { Event } from "../run/Event.ts"
import { type RunFacts, withoutValues } from "../run/facts.ts"
import { type NodeColumns, nodeColumns, rowsIn } from "../run/nodeColumns.ts"
import type { RunRow } from "../run/State.ts"

/** A run as far as its event `seq`, as JSON. */
export interface Opening {
  readonly seq: number
  readonly run: RunRow
  readonly nodes: NodeColumns
  /** Events that rows name, by their numbers; without values, but for those of the run. */
  readonly events: ReadonlyArray<readonly [seq: number, event: Event]>
  /** Of a manifest: what the memo table said, by the numbers of the events that tell it. */
  readonly memos: ReadonlyArray<readonly [seq: number, memo: MemoStatus]>
  /** The recorded plan of a typed run, as JSON text. */
  readonly plan: string | null
}

/** What the memo table said as a node of a manifest ended. */
export const memoIn = (event: Event): MemoStatus | undefined =>
  event.type === "NodeFinished" ? keptIn(event.ending).memo : undefined

/** What is told of a run first. */
export const openingOf = ({ events, rows: { nodes, run }, seq }: RunFacts, plan: string | undefined): Opening => {
  const isManifest = run.kind === "manifest"
  return {
    seq,
    run,
    nodes: nodeColumns([...nodes.values()]),
    events: Array.from(events, ([seq, event]) => [seq, isManifest ? withoutValues(event) : event] as const),
    memos: isManifest
      ? Array.from(events, ([seq, event]) => [seq, memoIn(event)!] as const).filter(([, memo]) => memo !== undefined)
      : [],
    plan: plan ?? null
  }
}

/** The facts that it tells. */
export const factsIn = ({ events, nodes, run, seq }: Opening): RunFacts => ({
  rows: { run, nodes: new Map(rowsIn(nodes, run.key).map((row) => [row.path, row])) },
  seq,
  events: new Map(events)
})
