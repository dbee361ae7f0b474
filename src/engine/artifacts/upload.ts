/** Bytes that somebody outside of any run gives to a later one. */
import { randomUUID } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ArtifactError } from "../../artifact/ArtifactError.ts"
import type { Engine } from "../Engine.ts"

/**
 * Keeps bytes in the default store under a key of this state file that nobody chose, and answers it. No row names them,
 * so a sweep removes them after its grace period. Fails with what the bytes throw.
 */
export const upload = <E>(
  { host: { artifacts, journal } }: Engine,
  bytes: AsyncIterable<Uint8Array>,
  failed: (error: unknown) => E
): Effect.Effect<string, ArtifactError | E> =>
  Effect.gen(function* () {
    const mover = yield* Effect.promise(() => artifacts.mover())
    const key = `pinnace/${journal.artifacts.file}/uploads/${randomUUID()}`
    yield* mover.store(artifacts.stores.get("default")!)!.put(key, Stream.fromAsyncIterable(bytes, failed))
    return key
  })
