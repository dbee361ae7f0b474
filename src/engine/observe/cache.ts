/** What is remembered, as people see it: results by name. */
import * as Effect from "effect/Effect"
import type { HeldArtifact } from "../../journal/ArtifactRows.ts"
import type { MemoSummary } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Engine } from "../Engine.ts"

/** Artifacts, by their number and their bytes as stored. */
export interface ArtifactSum {
  /** How many there are; one that several results have handles of counts once. */
  readonly count: number
  /** Their bytes as stored. */
  readonly bytes: number
}

/** Remembered results of one name. */
export interface CacheView {
  /** The name of tasks that share them, or `configmap/NAME` for a cache of manifests. */
  readonly name: string
  /** How many results are remembered. */
  readonly entries: number
  /** Bytes of their values. */
  readonly bytes: number
  /** The artifacts that are kept for them. */
  readonly artifacts: ArtifactSum
  /** How often they were used, as far as it is written yet. */
  readonly uses: number
  /** Milliseconds that their uses saved. */
  readonly saved: number
  /** When the newest was remembered, in milliseconds since the epoch. */
  readonly newest: number
  /** How long the newest is reused, in milliseconds; `null` for ever. */
  readonly ttl: number | null
}

/** What is remembered, by name. */
export const remembered = (engine: Engine): Effect.Effect<ReadonlyArray<CacheView>, JournalError> =>
  Effect.gen(function* () {
    const { reads } = engine.host.journal
    const rows = yield* reads.memos({ limit: Infinity })
    const held = Map.groupBy(yield* reads.artifacts.held(), ({ cache }) => cache)
    return [...Map.groupBy(rows, ({ cache }) => cache)].map(([cache, of]) => viewOf(cache, of, held.get(cache) ?? []))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  })

/** How much these are; one that several results have handles of counts once. */
export const sumOf = (held: ReadonlyArray<HeldArtifact>): ArtifactSum => {
  const sizes = new Map(held.map(({ artifact, size }) => [artifact, size]))
  return { count: sizes.size, bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0) }
}

/** The view of rows of one cache, the newest first. */
const viewOf = (
  cache: string,
  rows: ReadonlyArray<MemoSummary>,
  held: ReadonlyArray<HeldArtifact>
): CacheView => {
  const sum = (of: (row: MemoSummary) => number): number => rows.reduce((all, row) => all + of(row), 0)
  return {
    name: nameOf(cache),
    entries: rows.length,
    bytes: sum(({ size }) => size),
    artifacts: sumOf(held),
    uses: sum(({ uses }) => uses),
    saved: sum(({ millis, uses }) => millis * uses),
    newest: rows[0]!.createdAt,
    ttl: rows[0]!.ttl
  }
}

const ofTasks = "task/"
const ofManifests = "configmap/"

const nameOf = (cache: string): string =>
  cache.startsWith(ofTasks) ? cache.slice(ofTasks.length) : `${ofManifests}${cache}`

/** The cache that results of a name are in. */
export const cacheOf = (name: string): string =>
  name.startsWith(ofManifests) ? name.slice(ofManifests.length) : `${ofTasks}${name}`
