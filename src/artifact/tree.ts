/**
 * Directories that are stored as they are: an object for each file, under the
 * key of the artifact and the path of the file in it. Empty directories and links have none.
 */
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ArtifactError } from "./ArtifactError.ts"
import type { ArtifactStore, Deletion } from "./Store.ts"

/** What tells how an artifact is stored. */
export interface Packed {
  readonly kind: "file" | "directory"
  readonly archive: string
  readonly key: string
}

/** Whether it is a directory of objects. */
export const isTree = ({ archive, kind }: Packed): boolean => kind === "directory" && archive === "none"

/** A file of it. */
export interface Leaf {
  /** Its path in the directory, with `/`. */
  readonly path: string
  readonly size: number
  readonly sha256: string
}

/** Size and digest of the whole: that of the list of its files, as `sha256sum` writes it. */
export const treeDigest = (leaves: Iterable<Leaf>): { readonly size: number; readonly sha256: string } => {
  const sorted = [...leaves].sort((a, b) => (a.path < b.path ? -1 : 1))
  const list = sorted.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join("")
  return {
    size: sorted.reduce((sum, { size }) => sum + size, 0),
    sha256: createHash("sha256").update(list).digest("hex")
  }
}

/** The keys of its objects. */
export const keysBelow = (store: ArtifactStore, key: string): Effect.Effect<ReadonlyArray<string>, ArtifactError> =>
  Effect.map(Stream.runCollect(store.list(`${key}/`)), (found) => found.map((it) => it.key).sort())

/** Deletes artifacts, however they are stored; answers for each in the given order. */
export const deletePacked = (
  store: ArtifactStore,
  all: ReadonlyArray<Packed>
): Effect.Effect<ReadonlyArray<Deletion>> =>
  Effect.gen(function* () {
    const single = all.filter((it) => !isTree(it)).map(({ key }) => key)
    const answers = new Map((single.length === 0 ? [] : yield* store.delete(single)).map((it) => [it.key, it]))
    for (const { key } of all.filter(isTree)) answers.set(key, yield* deleteTree(store, key))
    return all.map(({ key }) => answers.get(key) ?? { key })
  })

const deleteTree = (store: ArtifactStore, key: string): Effect.Effect<Deletion> =>
  Effect.matchEffect(keysBelow(store, key), {
    onFailure: (error) => Effect.succeed({ key, error }),
    onSuccess: (keys) =>
      Effect.map(store.delete(keys), (answers) => {
        const error = answers.find((it) => it.error !== undefined)?.error
        return error === undefined ? { key } : { key, error }
      })
  })
