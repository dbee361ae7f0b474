/** Finds and removes bytes that no row names. Loaded when it is first asked for. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ArtifactError } from "../../artifact/ArtifactError.ts"
import type { ArtifactStore, ObjectInfo } from "../../artifact/Store.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { admit, flag, type Rules } from "../../workflow/admit.ts"
import { durationFault, type InvalidValue } from "../../workflow/values.ts"
import { atDoor } from "../door.ts"
import type { Engine } from "../Engine.ts"

/** What a sweep removed. */
export interface Sweep {
  /** Whole objects that no row names. */
  readonly objects: number
  /** How many bytes those objects had. */
  readonly bytes: number
  /** What could not be removed, and why. */
  readonly failures: ReadonlyArray<{ readonly key: string; readonly error: string }>
  /** Uploads that were never finished. */
  readonly unfinished: number
}

/** What a sweep removes. */
export interface SweepOptions {
  /** Only say what would be removed. */
  readonly dryRun?: boolean
  /** Milliseconds; default one day. */
  readonly olderThan?: number
}

const day = 86_400_000

/**
 * Removes what attempts left that died between storing bytes and recording them: objects under this file's own prefix
 * that no row names, and unfinished uploads, in both cases only what is older than the grace period (milliseconds;
 * default one day). An attempt that still runs and saved something longer ago loses it, so the period must exceed the
 * longest attempt.
 */
export const sweep = (
  engine: Engine,
  given: SweepOptions = {}
): Effect.Effect<Sweep, ArtifactError | InvalidValue | JournalError> =>
  atDoor(() => {
    const { dryRun = false, olderThan = day } = admit("the options of sweep", given, rules)
    return swept(engine, dryRun, olderThan)
  })

const rules: Rules<SweepOptions> = { dryRun: flag, olderThan: (value) => durationFault(value) }

const swept = (
  engine: Engine,
  dryRun: boolean,
  olderThan: number
): Effect.Effect<Sweep, ArtifactError | JournalError> =>
  Effect.gen(function* () {
    const { artifacts: host } = engine.host
    const mover = yield* Effect.promise(() => host.mover())
    const total = { objects: 0, bytes: 0, unfinished: 0, failures: [] as Array<Sweep["failures"][number]> }
    for (const place of host.stores.values()) {
      const store = mover.store(place)!
      yield* Stream.runForEach(strays(engine, place, store, olderThan), (batch) =>
        Effect.map(
          dryRun ? Effect.succeed([]) : store.delete(batch.map(({ key }) => key)),
          (answers) => {
            const failed = new Map(
              answers.flatMap(({ error, key }) => error === undefined ? [] : [[key, error.message]])
            )
            for (const [key, error] of failed) total.failures.push({ key, error })
            const gone = batch.filter(({ key }) => !failed.has(key))
            total.objects += gone.length
            total.bytes += gone.reduce((sum, { size }) => sum + size, 0)
          }
        ))
      if (!dryRun) total.unfinished += (yield* store.sweep({ olderThan })).removed
    }
    return total
  })

const strays = (engine: Engine, place: string, store: ArtifactStore, olderThan: number) => {
  const { journal, now } = engine.host
  const before = now() - olderThan
  const old = Stream.filter(
    store.list(`pinnace/${journal.artifacts.file}/`),
    ({ modifiedAt }: ObjectInfo) => modifiedAt <= before
  )
  return Stream.mapEffect(
    Stream.grouped(old, 500),
    (batch) =>
      Effect.map(
        journal.reads.artifacts.named(place, batch.map(({ key }) => key)),
        (named) => batch.filter(({ key }) => !named.has(key))
      )
  )
}
