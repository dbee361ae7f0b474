/** Artifacts as objects of a bucket: one packed object, or with `archive: {none: {}}` the files themselves. */
import { readdirSync, statSync } from "node:fs"
import { join, relative, sep } from "node:path"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ArtifactError } from "../../artifact/ArtifactError.ts"
import type { ArtifactStore } from "../../artifact/Store.ts"
import { pack } from "../../store/archive/pack.ts"
import { unpack } from "../../store/archive/unpack.ts"
import type { Artifact } from "../document/Manifest.ts"
import { formatOf, levelOf } from "./packing.ts"

/** Saves a file or directory. */
export const saveObject = (
  store: ArtifactStore,
  key: string,
  artifact: Artifact,
  from: string
): Effect.Effect<void, ArtifactError> => {
  const format = formatOf(artifact)
  if (format !== "none" || !statSync(from).isDirectory()) {
    return Effect.asVoid(store.put(key, pack(from, { format, ...levelOf(artifact) })))
  }
  const files = readdirSync(from, { recursive: true, withFileTypes: true }).filter((it) => it.isFile())
    .map((it) => join(it.parentPath, it.name))
  return Effect.forEach(
    files,
    (file) => store.put(`${key}/${relative(from, file).split(sep).join("/")}`, pack(file, { format: "none" })),
    { concurrency: 4, discard: true }
  )
}

/**
 * Loads an object as it is, or all whose keys begin with the key and a
 * slash, to a path that does not exist; answers whether there is any.
 */
export const loadObject = (store: ArtifactStore, key: string, to: string): Effect.Effect<boolean, ArtifactError> =>
  Effect.matchEffect(store.stat(key), {
    onSuccess: () => Effect.as(unpack(store.get(key), to, { format: "none" }), true),
    onFailure: (error) => error.reason === "NotFound" ? loadFolder(store, `${key}/`, to) : Effect.fail(error)
  })

const loadFolder = (store: ArtifactStore, prefix: string, to: string): Effect.Effect<boolean, ArtifactError> =>
  Effect.flatMap(Stream.runCollect(store.list(prefix)), (found) =>
    Effect.as(
      Effect.forEach(
        found,
        ({ key }) => unpack(store.get(key), join(to, key.slice(prefix.length)), { format: "none" }),
        { concurrency: 4, discard: true }
      ),
      found.length > 0
    ))

/** Deletes what was saved under a key. */
export const deleteObject = (store: ArtifactStore, key: string): Effect.Effect<void, ArtifactError> =>
  Effect.gen(function* () {
    const files = yield* Stream.runCollect(store.list(`${key}/`))
    const answers = yield* store.delete([key, ...files.map((it) => it.key)])
    const problem = answers.find(({ error }) => error !== undefined)?.error
    if (problem !== undefined) return yield* Effect.fail(problem)
  })
