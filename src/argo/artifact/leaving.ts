/** What a node has left, on its way to a store: read as it is where that is enough, else copied first. */
import { createReadStream } from "node:fs"
import { rm } from "node:fs/promises"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import { copyOut, makePrivate, openAt, type OpenFile, type Spot } from "../../files/mod.ts"
import type { ArtifactContent } from "../../workflow/Artifact.ts"
import type { BadArgument } from "../document/BadArgument.ts"
import { fileName } from "../document/fileName.ts"
import { onHost } from "./onHost.ts"

/** Bytes that are read at once. */
const blockSize = 256 * 1024

/** Gives work the bytes of a file, which stays open meanwhile; nothing of it is copied. */
export const reading = <A>(
  from: Spot,
  work: (content: ArtifactContent) => Effect.Effect<A, BadArgument>
): Effect.Effect<A, BadArgument> =>
  Effect.acquireUseRelease(
    onHost((): OpenFile | undefined => openAt(from)),
    (file) => Effect.suspend(() => work(file === undefined ? from.path : bytesOf(file.path))),
    (file) => Effect.sync(() => file?.close())
  )

/** Opened when it is first read: what is refused before that leaves no stream that finds its file closed. */
async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path, { highWaterMark: blockSize })
}

/** Gives work a copy of a file or directory, which lies in a directory of ours as long as that goes on. */
export const copying = <A>(
  from: Spot,
  directory: string,
  name: string,
  work: (content: ArtifactContent) => Effect.Effect<A, BadArgument>
): Effect.Effect<A, BadArgument> => {
  const scratch = scratchIn(directory, name, "outgoing")
  const copied = onHost(async () => {
    makePrivate(dirname(scratch))
    await copyOut(from, scratch)
  })
  return copied.pipe(
    Effect.andThen(Effect.suspend(() => work(scratch))),
    Effect.ensuring(Effect.promise(() => rm(scratch, { recursive: true, force: true })))
  )
}

/** A path for something on its way, in the private directory of a container. */
export const scratchIn = (directory: string, name: string, way: "incoming" | "outgoing" = "incoming"): string =>
  join(makePrivate(directory), way, fileName(name))
