/** What is remembered, as people see it: results by name. */
import * as Effect from "effect/Effect"
import type { HeldArtifact } from "../../journal/ArtifactRows.ts"
import type { MemoSummary } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Engine } from "../Engine.ts"
import { eachMemo } from "./memoPages.ts"

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
    const sums = new Map<string, Omit<CacheView, "artifacts">>()
    yield* eachMemo(engine, {}, (row) => void sums.set(row.cache, withRow(sums.get(row.cache), row)))
    const held = Map.groupBy(yield* engine.host.journal.reads.artifacts.held(), ({ cache }) => cache)
    return [...sums].map(([cache, of]): CacheView => ({ ...of, artifacts: sumOf(held.get(cache) ?? []) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  })

/** How much these are; one that several results have handles of counts once. */
export const sumOf = (held: ReadonlyArray<HeldArtifact>): ArtifactSum => {
  const sizes = new Map(held.map(({ artifact, size }) => [artifact, size]))
  return { count: sizes.size, bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0) }
}

/** The sums of one cache with one more row. */
const withRow = (
  { bytes, entries, newest, saved, ttl, uses }: Omit<CacheView, "artifacts" | "name"> = none,
  row: MemoSummary
): Omit<CacheView, "artifacts"> => ({
  name: nameOf(row.cache),
  entries: entries + 1,
  bytes: bytes + row.size,
  uses: uses + row.uses,
  saved: saved + row.millis * row.uses,
  newest: Math.max(newest, row.createdAt),
  ttl: row.createdAt > newest ? row.ttl : ttl
})

const none = { entries: 0, bytes: 0, uses: 0, saved: 0, newest: -Infinity, ttl: null }

const ofTasks = "task/"
const ofManifests = "configmap/"

const nameOf = (cache: string): string =>
  cache.startsWith(ofTasks) ? cache.slice(ofTasks.length) : `${ofManifests}${cache}`

/** The cache that results of a name are in. */
export const cacheOf = (name: string): string =>
  name.startsWith(ofManifests) ? name.slice(ofManifests.length) : `${ofTasks}${name}`
