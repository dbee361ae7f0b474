/** Artifacts as people look at them, and what can be done about them by hand. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { ARTIFACT_STATES, type ArtifactRow, type ArtifactState } from "../../run/ArtifactRow.ts"
import type { RunRow } from "../../run/State.ts"
import { type ArtifactView, artifactView } from "../../run/view.ts"
import { admit, flag, listOf, oneOf, pageSize, type Rules, text } from "../../workflow/admit.ts"
import { demand, type InvalidValue } from "../../workflow/values.ts"
import { marked, storesHere } from "../artifacts/CollectionJob.ts"
import { noted } from "./audit.ts"
import { atDoor } from "../door.ts"
import type { Engine } from "../Engine.ts"

/** What a collection deletes, or would delete. */
export interface Collection {
  /** How many artifacts. */
  readonly count: number
  /** Their bytes as stored. */
  readonly bytes: number
  /** The first thousand of them. */
  readonly artifacts: ReadonlyArray<ArtifactView>
  /** Those whose deletion failed, with `error`; `nextAt` is absent when it is not tried again by itself. */
  readonly failures: ReadonlyArray<ArtifactView>
}

/** How to collect. */
export interface CollectOptions {
  /** Only say what would be deleted. */
  readonly dryRun?: boolean
  /** Also try again what failed for good. */
  readonly retryFailed?: boolean
}

const shown = 1_000

const collecting: Rules<CollectOptions> = { dryRun: flag, retryFailed: flag }

/** Deletes what is garbage now, and waits until it is done. */
export const gc = (
  engine: Engine,
  options: CollectOptions
): Effect.Effect<Collection, InvalidValue | JournalError> =>
  atDoor(() => {
    const { dryRun = false, retryFailed = false } = admit("the options of gc", options, collecting)
    return collected(engine, dryRun, retryFailed)
  })

const collected = (
  engine: Engine,
  dryRun: boolean,
  retryFailed: boolean
): Effect.Effect<Collection, JournalError> =>
  Effect.gen(function* () {
    const { artifacts } = engine.host.journal.reads
    if (!dryRun) yield* noted(engine, { did: "gc" })
    if (retryFailed && !dryRun) yield* makeDue(engine)
    yield* marked(engine.host)
    const now = engine.host.now()
    const stores = yield* storesHere(engine.host)
    const some = yield* artifacts.collectable(now, stores, shown)
    // Counted as it is deleted: to count 100,000 at once would keep everything else waiting.
    const totals = dryRun ? yield* artifacts.totals(now, stores) : yield* engine.collection.settled
    return { ...totals, artifacts: some.map(artifactView), failures: yield* failures(engine) }
  })

const makeDue = ({ host: { journal } }: Engine): Effect.Effect<void, JournalError> =>
  Effect.flatMap(journal.reads.artifacts.list({ states: ["failed"], limit: Infinity }), (failed) => {
    if (failed.length === 0) return Effect.void
    journal.append(failed.map(({ artifact }) => ({ kind: "due", artifact }) as const))
    return journal.drained
  })

const failures = ({ host: { journal } }: Engine): Effect.Effect<ReadonlyArray<ArtifactView>, JournalError> =>
  Effect.map(
    journal.reads.artifacts.list({ states: ["failed", "deleting"], limit: Infinity }),
    (rows) => rows.filter(({ error }) => error !== null).map(artifactView)
  )

/** Which artifacts to list. What is given must all hold. */
export interface ArtifactFilter {
  /** The id of their run, also when the run was deleted. */
  readonly run?: string
  /** Any of these states; default every state. */
  readonly states?: ReadonlyArray<ArtifactState>
  /** Only those after this one (for paging). */
  readonly after?: string
  /** Default 1,000; `Infinity` for all. */
  readonly limit?: number
}

const rules: Rules<ArtifactFilter> = {
  run: text,
  states: listOf(oneOf(ARTIFACT_STATES)),
  after: text,
  limit: pageSize
}

/** The artifacts of a state file, in the order of their ids. Throws `InvalidValue`. */
export const artifacts = (
  { host: { journal } }: Engine,
  filter: ArtifactFilter = {}
): Effect.Effect<ReadonlyArray<ArtifactView>, JournalError> => {
  const { run, ...rest } = admit<ArtifactFilter>("the filter of a list of artifacts", filter, rules)
  return views(journal.reads.artifacts.list(run === undefined ? rest : { ...rest, runId: run }))
}

/** All that the nodes of a run have saved. */
export const artifactsOf = (
  { host: { journal } }: Engine,
  run: RunRow["key"]
): Effect.Effect<ReadonlyArray<ArtifactView>, JournalError> =>
  views(journal.reads.artifacts.list({ run, limit: Infinity }))

const views = (rows: Effect.Effect<ReadonlyArray<ArtifactRow>, JournalError>) =>
  Effect.map(rows, (all) => all.map(artifactView))

/**
 * Keeps an artifact whatever its strategy says, or no longer; answers
 * whether there is such an artifact. Throws `InvalidValue`.
 */
export const pin = (
  { collection, host: { journal } }: Engine,
  artifact: string,
  pinned: boolean
): Effect.Effect<boolean, JournalError> => {
  demand("the id of an artifact", text(artifact))
  demand("whether an artifact is pinned", flag(pinned))
  return Effect.gen(function* () {
    if ((yield* journal.reads.artifacts.get(artifact)) === undefined) return false
    journal.append([{ kind: "pin", artifact, pinned }])
    yield* journal.drained
    if (!pinned) collection.wake()
    return true
  })
}
