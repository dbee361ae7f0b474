/** What lies in a store and is nobody's artifact: it is looked at to see how it is packed. */
import { rm } from "node:fs/promises"
import * as Effect from "effect/Effect"
import type { ArtifactError } from "../../artifact/ArtifactError.ts"
import type { ArtifactStore } from "../../artifact/Store.ts"
import type { Artifact } from "../document/Manifest.ts"
import { loadObject } from "./objects.ts"
import { opened, settle } from "./received.ts"

/** Fetches it to a path that does not exist; answers whether there is such an object, and such a part of it. */
export const fetchStray = (
  store: ArtifactStore,
  artifact: Artifact,
  key: string,
  to: string
): Effect.Effect<boolean, ArtifactError> =>
  Effect.gen(function* () {
    if (!(yield* orFalse(loadObject(store, key, `${to}.part`)))) return false
    const ready = yield* opened(artifact, `${to}.part`)
    return yield* Effect.promise(() => settle(ready, to, artifact.subPath))
  }).pipe(Effect.ensuring(Effect.promise(() => rm(`${to}.part`, { recursive: true, force: true }))))

/** An answer in place of an error where there is nothing. */
export const orFalse = (work: Effect.Effect<boolean, ArtifactError>): Effect.Effect<boolean, ArtifactError> =>
  Effect.catch(
    work,
    (error) => error.reason === "NotFound" || error.reason === "InvalidKey" ? Effect.succeed(false) : Effect.fail(error)
  )
