/** Temporary artifacts go as soon as the last node that can read them has ended. */
import { isReadByNobody } from "../../run/readers.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { LiveNode, LiveRun } from "../Live.ts"

/** A node and its handlers have ended: what nobody can read any more becomes garbage. */
export const releaseTemps = (live: LiveNode): void => {
  const { run } = live
  if (run.temps.size === 0 || run.abandoned) return
  run.over.add(live.path)
  const standing = { plan: run.plan, nodes: run.ledger.nodes, isOver: (path: string) => isOver(run, path) }
  const free = [...run.temps].filter(([, path]) => isReadByNobody(standing, path)).map(([artifact]) => artifact)
  if (free.length === 0) return
  for (const artifact of free) run.temps.delete(artifact)
  const writes = free.map((artifact) => ({ kind: "due", artifact }) as const)
  run.host.journal.append(writes, () => run.host.collect())
}

/** What an earlier life of the run left. */
export const recallTemps = (run: LiveRun): void => {
  const rows = run.host.journal.artifacts.list({ run: run.ledger.row.key, states: ["live"], limit: Infinity })
  for (const { artifact, gc, path } of rows) if (gc === "temp") run.temps.set(artifact, path)
}

/** After a restart it is not known whose handlers have ended; a node that ended with an open one beneath it is not over. */
const isOver = (run: LiveRun, path: string): boolean => {
  if (run.over.has(path)) return true
  if (!run.takenOver) return false
  const prefix = `${path}.`
  return ![...run.ledger.nodes.values()].some((row) => row.path.startsWith(prefix) && !isTerminal(row.phase))
}
