/** Which artifacts of a run are gone, and whose recorded outputs still hold their handles. */
import type { JournalShape } from "../../journal/Journal.ts"
import { handlesIn } from "../../run/handles.ts"
import type { Lost } from "../../run/lost.ts"
import type { NodeRow, RunRow } from "../../run/State.ts"

/** For nodes that succeeded: the nodes that saved what their outputs refer to and what is gone. */
export const lostArtifacts = (journal: JournalShape, { key }: RunRow, nodes: ReadonlyMap<string, NodeRow>): Lost => {
  const gone = goneArtifacts(journal, key)
  if (gone.size === 0) return new Map()
  const outputs = new Map([...nodes.values()].map(({ path, resultSeq }) => [resultSeq, path]))
  const lost = new Map<string, ReadonlySet<string>>()
  for (const { event, seq } of journal.events(key, 0)) {
    const path = outputs.get(seq)
    if (event.type !== "NodeFinished" || path === undefined) continue
    const producers = handlesIn(JSON.stringify(event)).flatMap((artifact) => gone.get(artifact) ?? [])
    if (producers.length > 0) lost.set(path, new Set(producers))
  }
  return lost
}

/** A temporary one that is due may be gone any moment. */
const goneArtifacts = (journal: JournalShape, run: number): ReadonlyMap<string, string> => {
  const rows = journal.artifacts.list({ run, states: ["due", "deleting", "deleted", "failed"], limit: Infinity })
  return new Map(
    rows.filter(({ gc, state }) => state !== "due" || gc === "temp").map((row) => [row.artifact, row.path])
  )
}
