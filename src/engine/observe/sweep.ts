/** Finds and removes bytes that no row names. Loaded when it is first asked for. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ArtifactError } from "../../artifact/ArtifactError.ts"
import type { ArtifactStore, ObjectInfo } from "../../artifact/Store.ts"
import type { Engine } from "../Engine.ts"

/** What a sweep removed. */
export interface Sweep {
  /** Whole objects that no row names. */
  readonly objects: number
  readonly bytes: number
  /** Uploads that were never finished. */
  readonly unfinished: number
}

const day = 86_400_000

/**
 * Removes what attempts left that died between storing bytes and recording them: objects under this file's own prefix that no row names,
 * and unfinished uploads, in both cases only what is older than the grace period (milliseconds; default one day).
 */
export const sweep = (
  engine: Engine,
  { dryRun = false, olderThan = day }: { readonly dryRun?: boolean; readonly olderThan?: number } = {}
): Effect.Effect<Sweep, ArtifactError> =>
  Effect.gen(function* () {
    const { artifacts: host } = engine.host
    const mover = yield* Effect.promise(() => host.mover())
    const total = { objects: 0, bytes: 0, unfinished: 0 }
    for (const name of host.stores) {
      const store = mover.store(name)
      if (store === undefined) continue
      yield* Stream.runForEach(strays(engine, name, store, olderThan), (batch) => {
        total.objects += batch.length
        total.bytes += batch.reduce((sum, { size }) => sum + size, 0)
        return dryRun ? Effect.void : Effect.asVoid(store.delete(batch.map(({ key }) => key)))
      })
      if (!dryRun) total.unfinished += (yield* store.sweep({ olderThan })).removed
    }
    return total
  })

const strays = (engine: Engine, name: string, store: ArtifactStore, olderThan: number) => {
  const { journal, now } = engine.host
  const before = now() - olderThan
  const old = Stream.filter(
    store.list(`pinnace/${journal.artifacts.file}/`),
    ({ modifiedAt }: ObjectInfo) => modifiedAt <= before
  )
  return Stream.map(Stream.grouped(old, 500), (batch) => {
    const named = journal.artifacts.named(name, batch.map(({ key }) => key))
    return batch.filter(({ key }) => !named.has(key))
  })
}
