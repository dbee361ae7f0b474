/** Reads what is known of a run, and of its values no more than is asked for. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../journal/JournalError.ts"
import type { RunFacts } from "../run/facts.ts"
import { isFailure } from "../run/Phase.ts"
import type { NodeRow, RunRow } from "../run/State.ts"
import type { RunSource } from "./RunSource.ts"

/** Which values are read: what went into the run and came out of it, or those of all its nodes too. */
export type Values = "none" | "run" | "nodes"

/** The run as far as it is written; `undefined` when there is none of this id. */
export const readFacts = (
  source: RunSource,
  id: string,
  values: Values
): Effect.Effect<RunFacts | undefined, JournalError> =>
  Effect.gen(function* () {
    const known = yield* source.findRun(id)
    if (known === undefined) return undefined
    // Its number first: a reader that goes on from there learns some things twice and misses nothing.
    const seq = yield* source.lastSeq(known.key)
    const run = yield* source.getRun(known.key)
    if (run === undefined) return undefined
    const nodes = yield* source.nodes(run.key)
    const ofRun = values === "none" ? [] : [run.inputSeq, run.resultSeq]
    const named = [...ofRun, ...nodes.flatMap((node) => namedBy(run, node, values))].filter((it) => it > 0)
    const found = named.length === 0 ? [] : yield* source.eventsAt(run.key, named)
    const events = new Map(found.map((it) => [it.seq, it.event]))
    return { rows: { run, nodes: new Map(nodes.map((it) => [it.path, it])) }, seq, events }
  })

/** The events of a node without which it cannot be shown, or all that its row names. */
const namedBy = (run: RunRow, node: NodeRow, values: Values): ReadonlyArray<number> => {
  const isManifest = run.kind === "manifest"
  const asksAll = values === "nodes" || values === "run" && isManifest && run.phase !== "Succeeded"
  if (asksAll) return [node.inputSeq, node.signalSeq, node.resultSeq]
  const isTelling = isFailure(node.phase) || run.origin !== null && node.startedAt === 0
  return [
    ...(isManifest || node.kind === "map" ? [node.inputSeq] : []),
    ...(isManifest && node.finishedAt === 0 ? [node.signalSeq] : []),
    ...(isTelling ? [node.resultSeq] : [])
  ]
}
