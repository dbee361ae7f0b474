/**
 * Which artifacts are gone whose handles the recorded outputs of a
 * run still hold, and which nodes would have to save them again.
 */
import * as Effect from "effect/Effect"
import type { Reads } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { type ArtifactRow, isReadable } from "../../run/ArtifactRow.ts"
import { handlesIn } from "../../run/handles.ts"
import type { Lost } from "../../run/lost.ts"
import type { NodeRow, RunRow } from "../../run/State.ts"

/**
 * For nodes whose outputs hold handles of what is gone: the nodes
 * that saved it, here or, in a run whose results were kept, there.
 */
export const lostArtifacts = (
  reads: Reads,
  { key }: RunRow,
  nodes: ReadonlyMap<string, NodeRow>
): Effect.Effect<Lost, JournalError> =>
  Effect.gen(function* () {
    const outputs = new Map([...nodes.values()].map(({ path, resultSeq }) => [resultSeq, path]))
    const holders: Array<readonly [artifact: string, path: string]> = []
    for (const { event, seq } of yield* reads.events(key, 0)) {
      const path = outputs.get(seq)
      if (event.type !== "NodeFinished" || path === undefined) continue
      for (const artifact of handlesIn(JSON.stringify(event))) holders.push([artifact, path])
    }
    const rows = new Map<string, ArtifactRow | undefined>()
    for (const [artifact] of holders) {
      if (!rows.has(artifact)) rows.set(artifact, yield* reads.artifacts.get(artifact))
    }
    return byHolder(holders, (artifact) => producersOf(rows.get(artifact), artifact, nodes, holders))
  })

const byHolder = (
  holders: ReadonlyArray<readonly [artifact: string, path: string]>,
  producersOf: (artifact: string) => ReadonlyArray<string>
): Lost => {
  const lost = new Map<string, Set<string>>()
  for (const [artifact, path] of holders) {
    const producers = producersOf(artifact)
    if (producers.length > 0) lost.set(path, new Set([...lost.get(path) ?? [], ...producers]))
  }
  return lost
}

/** None when it can be read. When it is not known any more who saved it, it was one of those that hold it. */
const producersOf = (
  row: ArtifactRow | undefined,
  artifact: string,
  nodes: ReadonlyMap<string, NodeRow>,
  holders: ReadonlyArray<readonly [artifact: string, path: string]>
): ReadonlyArray<string> => {
  if (row !== undefined && !isGone(row)) return []
  if (row !== undefined && nodes.has(row.path)) return [row.path]
  return holders.filter(([one]) => one === artifact).map(([, path]) => path)
}

/** A temporary one that is due may be gone any moment. */
const isGone = (row: ArtifactRow): boolean => !isReadable(row) || row.state === "due" && row.gc === "temp"
