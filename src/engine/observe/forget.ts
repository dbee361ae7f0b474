/** Results that are forgotten, and how much is free with them. */
import * as Effect from "effect/Effect"
import type { HeldArtifact } from "../../journal/ArtifactRows.ts"
import type { MemoSummary, Write } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { admit, count, flag, instant, text } from "../../workflow/admit.ts"
import type { Engine } from "../Engine.ts"
import { type ArtifactSum, cacheOf, sumOf } from "./cache.ts"
import { eachMemo } from "./memoPages.ts"

/** Which results to forget; what is given must all hold, and without any of it all are meant. */
export interface ForgetFilter {
  /** As `name` of `CacheView`. */
  readonly name?: string
  /** The key of one result, or how it begins, with 8 characters at least; default every key. */
  readonly key?: string
  /** Those that were remembered before this instant. */
  readonly before?: Date | number
  /** As many of them stay, those that were used last. */
  readonly keep?: number
  /** As many bytes of them stay, artifacts apart, of those that were used last. */
  readonly keepBytes?: number
  /** Only counts them; default false. */
  readonly dryRun?: boolean
}

/** What was forgotten, or would be. */
export interface Forgotten {
  /** How many results. */
  readonly results: number
  /** Bytes of their values. */
  readonly bytes: number
  /** What only they kept: it is deleted soon, as by `gc`. */
  readonly artifacts: ArtifactSum
}

/** Forgets results; answers how much that is. Artifacts that only they kept are deleted soon. */
export const forget = (engine: Engine, given: ForgetFilter): Effect.Effect<Forgotten, JournalError> =>
  Effect.gen(function* () {
    const filter = admit<ForgetFilter>("the filter of what is forgotten", given, rules)
    const { journal } = engine.host
    const cache = filter.name === undefined ? {} : { cache: cacheOf(filter.name) }
    const fit: Array<Meant> = []
    yield* eachMemo(engine, cache, (row) => {
      if (isMeant(row, filter)) fit.push(refOf(row))
    })
    const rows = beyondKept(fit, filter)
    const forgotten: Forgotten = {
      results: rows.length,
      bytes: rows.reduce((sum, { size }) => sum + size, 0),
      artifacts: sumOf(freed(yield* journal.reads.artifacts.held(), rows))
    }
    if (filter.dryRun === true || rows.length === 0) return forgotten
    // Named one by one, in pieces: others have their turn between, and what came meanwhile stays.
    for (let from = 0; from < rows.length; from += pieceMost) {
      journal.append(rows.slice(from, from + pieceMost).map(forgetting))
      yield* journal.drained
    }
    engine.host.collect()
    return forgotten
  })

/** As many are forgotten in one commit. */
const pieceMost = 500

/** What is known of a result that may be forgotten. */
type Meant = Pick<MemoSummary, "cache" | "key" | "createdAt" | "usedAt" | "size">

const refOf = ({ cache, createdAt, key, size, usedAt }: MemoSummary): Meant => ({ cache, createdAt, key, size, usedAt })

const forgetting = ({ cache, createdAt, key }: Meant): Write => ({ kind: "forget", cache, key, before: createdAt + 1 })

const isMeant = (row: MemoSummary, { before, key }: ForgetFilter): boolean =>
  (key === undefined || isKey(row, key)) && (before === undefined || row.createdAt < Number(before))

/** Without those that stay because they were used last. */
const beyondKept = (rows: ReadonlyArray<Meant>, { keep, keepBytes }: ForgetFilter): ReadonlyArray<Meant> => {
  if (keep === undefined && keepBytes === undefined) return rows
  let bytes = 0
  return rows.toSorted((a, b) => b.usedAt - a.usedAt || b.createdAt - a.createdAt).filter(({ size }, at) => {
    bytes += size
    return at >= (keep ?? Infinity) || bytes > (keepBytes ?? Infinity)
  })
}

/** Artifacts that nobody keeps but these results. */
const freed = (held: ReadonlyArray<HeldArtifact>, rows: ReadonlyArray<Meant>): ReadonlyArray<HeldArtifact> => {
  const going = new Set(rows.map(idOf))
  const kept = new Set(held.filter((it) => !going.has(idOf(it))).map(({ artifact }) => artifact))
  return held.filter(({ artifact, isFree }) => isFree && !kept.has(artifact))
}

const idOf = ({ cache, key }: { readonly cache: string; readonly key: string }): string => JSON.stringify([cache, key])

/** As short as a beginning of a key may be. */
const shortest = 8

const isKey = (row: MemoSummary, key: string): boolean =>
  row.key === key || key.length >= shortest && row.key.startsWith(key)

const rules = {
  name: text,
  key: text,
  before: instant,
  keep: count({ least: 0 }),
  keepBytes: count({ least: 0 }),
  dryRun: flag
}
