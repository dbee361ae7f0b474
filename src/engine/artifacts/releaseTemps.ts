/** What happens to a run's temporary artifacts when nodes end, and when a run is taken over. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { LiveNode, LiveRun } from "../Live.ts"

/** A node and its handlers have ended: what nobody can read any more becomes garbage. */
export const releaseTemps = ({ path, run }: LiveNode): void => {
  if (run.abandoned || run.temps.isEmpty) return
  const isOver = (one: string): boolean => run.takenOver && !hasOpenBeneath(run, one)
  const free = run.temps.end(path, { plan: run.plan, nodes: run.ledger.nodes, isOver })
  if (free.length === 0) return
  run.host.journal.append(free.map((artifact) => ({ kind: "due", artifact })), () => run.host.collect())
}

/** What an earlier life of the run left. */
export const recallTemps = (run: LiveRun): Effect.Effect<void, JournalError> => {
  const { artifacts } = run.host.journal.reads
  return Effect.map(artifacts.list({ run: run.ledger.row.key, states: ["live"], limit: Infinity }), (rows) => {
    for (const { artifact, gc, path } of rows) if (gc === "temp") run.temps.add(run.plan, path, artifact)
  })
}

/**
 * After a restart it is not known whose handlers have ended; a node that ended with an open one beneath it is not over.
 */
const hasOpenBeneath = (run: LiveRun, path: string): boolean => {
  const prefix = `${path}.`
  return [...run.ledger.nodes.values()].some((row) => row.path.startsWith(prefix) && !isTerminal(row.phase))
}
