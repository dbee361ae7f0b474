/** Reads what is known of a run, and of its values no more than is asked for. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Reads } from "../../journal/Reads.ts"
import type { Event, Recorded } from "../../run/Event.ts"
import type { RunFacts } from "../../run/facts.ts"
import { isFailure } from "../../run/Phase.ts"
import type { NodeRow, RunRow } from "../../run/State.ts"

/** Which values are read: what went into the run and came out of it, or those of all its nodes too. */
export type Values = "none" | "run" | "nodes"

/** The run as far as it is written; `undefined` when there is none of this id. */
export const readFacts = (
  source: Pick<Reads, "eventsAt" | "findRun" | "getRun" | "lastSeq" | "nodes">,
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
    const wanted = wantedOf(run, nodes, values)
    const found = wanted.length === 0 ? [] : yield* source.eventsAt(run.key, wanted)
    return factsOf(run, nodes, seq, found)
  })

const factsOf = (
  run: RunRow,
  nodes: ReadonlyArray<NodeRow>,
  seq: number,
  found: ReadonlyArray<Recorded>
): RunFacts => {
  const facts = { rows: { run, nodes: new Map<string, NodeRow>() }, seq, events: new Map<number, Event>() }
  for (const node of nodes) facts.rows.nodes.set(node.path, node)
  for (const { event, seq } of found) facts.events.set(seq, event)
  return facts
}

const wantedOf = (run: RunRow, nodes: ReadonlyArray<NodeRow>, values: Values): ReadonlyArray<number> => {
  const wanted: Array<number> = values === "none" ? [] : [...new Set([1, run.inputSeq, run.resultSeq])]
  for (const node of nodes) addNamed(wanted, run, node, values)
  return wanted.filter((seq) => seq > 0)
}

/** Adds the events of a node without which it cannot be shown, or all that its row names. */
const addNamed = (wanted: Array<number>, run: RunRow, node: NodeRow, values: Values): void => {
  const isManifest = run.kind === "manifest"
  const all = values === "nodes" || values === "run" && isManifest && run.phase !== "Succeeded"
  // A list tells how long it is, and what waits for an instant whether a person may answer before.
  if (all || isManifest || node.kind === "map" || node.waiting === "Timer") wanted.push(node.inputSeq)
  if (all || isManifest && node.finishedAt === 0) wanted.push(node.signalSeq)
  if (all || isFailure(node.phase) || isCopied(run, node)) wanted.push(node.resultSeq)
}

/** Whether its end was recorded elsewhere: its run goes on from another one, or the result was remembered. */
const isCopied = ({ origin }: RunRow, { phase, startedAt }: NodeRow): boolean =>
  startedAt === 0 && (origin !== null || phase === "Succeeded")
