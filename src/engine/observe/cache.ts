/** What is remembered, as people see it: results by name, why one was computed, and forgetting. */
import * as Effect from "effect/Effect"
import type { MemoSummary } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { admit, flag, instant, text } from "../../workflow/admit.ts"
import type { Engine } from "../Engine.ts"

/** Remembered results of one name. */
export interface CacheView {
  /** The name of tasks that share them, or `configmap/NAME` for a cache of manifests. */
  readonly name: string
  /** How many results are remembered. */
  readonly entries: number
  /** Bytes of their values. */
  readonly bytes: number
  /** How often they were used, as far as it is written yet. */
  readonly uses: number
  /** Milliseconds that their uses saved. */
  readonly saved: number
  /** When the newest was remembered, in milliseconds since the epoch. */
  readonly newest: number
  /** How long the newest is reused, in milliseconds; `null` for ever. */
  readonly ttl: number | null
}

/** Which results to forget; without any of them all. */
export interface ForgetFilter {
  /** As `name` of `CacheView`. */
  readonly name?: string
  /** The key of one result, or how it begins, with 8 characters at least; default every key. */
  readonly key?: string
  /** Those that were remembered before this instant. */
  readonly before?: Date | number
  /** Only counts them; default false. */
  readonly dryRun?: boolean
}

/** What is remembered, by name. */
export const remembered = (engine: Engine): Effect.Effect<ReadonlyArray<CacheView>, JournalError> =>
  Effect.map(
    engine.host.journal.reads.memos({ limit: Infinity }),
    (rows) =>
      [...Map.groupBy(rows, ({ cache }) => cache)].map(([cache, of]) => viewOf(cache, of))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
  )

/** The view of rows of one cache, the newest first. */
const viewOf = (cache: string, rows: ReadonlyArray<MemoSummary>): CacheView => {
  const sum = (of: (row: MemoSummary) => number): number => rows.reduce((all, row) => all + of(row), 0)
  return {
    name: nameOf(cache),
    entries: rows.length,
    bytes: sum(({ size }) => size),
    uses: sum(({ uses }) => uses),
    saved: sum(({ millis, uses }) => millis * uses),
    newest: rows[0]!.createdAt,
    ttl: rows[0]!.ttl
  }
}

/** Forgets results; answers how many. Artifacts that only they kept are free to go. */
export const forget = (engine: Engine, given: ForgetFilter): Effect.Effect<number, JournalError> =>
  Effect.gen(function* () {
    const { before, dryRun, key, name } = admit<ForgetFilter>("the filter of what is forgotten", given, rules)
    const { journal } = engine.host
    const cache = name === undefined ? {} : { cache: cacheOf(name) }
    const until = before === undefined ? {} : { before: Number(before) }
    const rows = (yield* journal.reads.memos({ ...cache, limit: Infinity }))
      .filter((row) =>
        (key === undefined || isKey(row, key)) && (before === undefined || row.createdAt < Number(before))
      )
    if (dryRun) return rows.length
    journal.append(
      key === undefined
        ? [{ kind: "forget", ...cache, ...until }]
        : rows.map((row) => ({ kind: "forget", cache: row.cache, key: row.key, ...until }))
    )
    yield* journal.drained
    engine.host.collect()
    return rows.length
  })

/** As short as a beginning of a key may be. */
const shortest = 8

const isKey = (row: MemoSummary, key: string): boolean =>
  row.key === key || key.length >= shortest && row.key.startsWith(key)

const rules = { name: text, key: text, before: instant, dryRun: flag }

const ofTasks = "task/"
const ofManifests = "configmap/"

const nameOf = (cache: string): string =>
  cache.startsWith(ofTasks) ? cache.slice(ofTasks.length) : `${ofManifests}${cache}`

const cacheOf = (name: string): string =>
  name.startsWith(ofManifests) ? name.slice(ofManifests.length) : `${ofTasks}${name}`
