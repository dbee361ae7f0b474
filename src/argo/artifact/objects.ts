/** Artifacts as objects of a bucket that nobody has recorded: one packed object, or the files themselves. */
import * as Effect from "effect/Effect"
import type { ArtifactError } from "../../artifact/ArtifactError.ts"
import type { ArtifactStore } from "../../artifact/Store.ts"
import { unpack } from "../../store/archive/unpack.ts"
import { getTree } from "../../store/tree.ts"

/**
 * Loads an object as it is, or all whose keys begin with the key and a
 * slash, to a path that does not exist; answers whether there is any.
 */
export const loadObject = (store: ArtifactStore, key: string, to: string): Effect.Effect<boolean, ArtifactError> =>
  Effect.matchEffect(store.stat(key), {
    onSuccess: () => Effect.as(unpack(store.get(key), to, { format: "none" }), true),
    onFailure: (error) =>
      error.reason === "NotFound"
        ? Effect.map(getTree(store, key, to), (leaves) => leaves.length > 0)
        : Effect.fail(error)
  })
