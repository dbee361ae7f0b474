/** Directories as objects of their own (`artifact/tree.ts`), from and to the disk. */
import { mkdir, readdir, rm } from "node:fs/promises"
import { dirname, join, relative, sep } from "node:path"
import * as Effect from "effect/Effect"
import type { ArtifactError } from "../artifact/ArtifactError.ts"
import { Digest, digested } from "../artifact/content.ts"
import type { ArtifactStore } from "../artifact/Store.ts"
import { keysBelow, type Leaf } from "../artifact/tree.ts"
import { pack } from "./archive/pack.ts"
import { unpack } from "./archive/unpack.ts"
import { diskError } from "./disk/diskError.ts"

/** Objects that are sent or fetched at the same time. */
const concurrency = 4

/** Stores all files below a directory. */
export const putTree = (
  store: ArtifactStore,
  key: string,
  directory: string
): Effect.Effect<ReadonlyArray<Leaf>, ArtifactError> =>
  Effect.flatMap(
    onDisk("pack", store, key, () => filesIn(directory)),
    (files) =>
      Effect.forEach(files, (path) =>
        Effect.map(
          store.put(`${key}/${path}`, pack(join(directory, path), { format: "none" })),
          ({ sha256, size }) => ({ path, size, sha256 })
        ), { concurrency })
  )

const filesIn = async (directory: string): Promise<ReadonlyArray<string>> => {
  const found = await readdir(directory, { recursive: true, withFileTypes: true })
  return found.filter((it) => it.isFile())
    .map((it) => relative(directory, join(it.parentPath, it.name)).split(sep).join("/"))
}

/** Makes a directory, which must not exist, of the objects under a key; answers which there were, if any. */
export const getTree = (
  store: ArtifactStore,
  key: string,
  to: string
): Effect.Effect<ReadonlyArray<Leaf>, ArtifactError> =>
  Effect.flatMap(keysBelow(store, key), (keys) =>
    Effect.forEach(keys, (one) => {
      const path = one.slice(key.length + 1)
      const digest = new Digest()
      const file = join(to, path)
      return onDisk("unpack", store, key, () => mkdir(dirname(file), { recursive: true })).pipe(
        Effect.andThen(unpack(digested(store.get(one), digest, () => undefined), file, { format: "none" })),
        Effect.map(() => ({ path, size: digest.size, sha256: digest.sha256() }))
      )
    }, { concurrency }).pipe(
      Effect.onError(() => Effect.promise(() => rm(to, { recursive: true, force: true })))
    ))

const onDisk = <A>(
  operation: "pack" | "unpack",
  store: ArtifactStore,
  key: string,
  work: () => Promise<A>
): Effect.Effect<A, ArtifactError> =>
  Effect.tryPromise({ try: work, catch: (cause) => diskError({ operation, store: store.describe, key }, cause) })
