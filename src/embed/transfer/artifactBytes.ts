/** The bytes of an artifact as they travel in an archive: as they are stored, or packed where they are many objects. */
import { createWriteStream } from "node:fs"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import * as Effect from "effect/Effect"
import { Digest } from "../../artifact/content.ts"
import type { ArtifactStore } from "../../artifact/Store.ts"
import { isTree } from "../../artifact/tree.ts"
import type { ArtifactMover } from "../../engine/artifacts/ArtifactHost.ts"
import type { Engine } from "../../engine/Engine.ts"
import type { ArtifactRow } from "../../run/ArtifactRow.ts"

/** What of the row is another one in the archive. */
type Repacked = Partial<Pick<ArtifactRow, "archive" | "mediaType" | "sha256" | "size">>

/** Writes the bytes of an artifact to a file. */
export const copyBytes = async (
  { host }: Engine,
  mover: ArtifactMover,
  artifact: ArtifactRow,
  to: string
): Promise<Repacked> => {
  const store = await host.artifacts.find(artifact.store)
  if (store === undefined) {
    throw new Error(
      `Artifact "${artifact.name}" is in a store that open() was not given: ${artifact.store}`
    )
  }
  if (isTree(artifact)) return await packTree(mover, store, artifact, to)
  await pipeline(Readable.fromWeb(mover.stream(store, artifact) as never), createWriteStream(to))
  return {}
}

/** What is stored file by file travels as one. */
const packTree = async (
  mover: ArtifactMover,
  store: ArtifactStore,
  artifact: ArtifactRow,
  to: string
): Promise<Repacked> => {
  const directory = await mover.makeDirectory()
  try {
    const tree = mover.within(directory, artifact.name)
    await Effect.runPromise(mover.restore(store, artifact, tree, undefined))
    const digest = new Digest()
    const counted = async function* (bytes: AsyncIterable<Uint8Array>) {
      for await (const chunk of bytes) {
        digest.add(chunk)
        yield chunk
      }
    }
    await pipeline(Readable.fromWeb(mover.pack(tree) as never), counted, createWriteStream(to))
    return { archive: "tar+gzip", mediaType: "application/gzip", size: digest.size, sha256: digest.sha256() }
  } finally {
    await mover.removeDirectory(directory)
  }
}
