/**
 * Moves bytes between bodies, work directories and stores.
 *
 * Owns: the root of this process's work directories. Does not own: stores, what is recorded.
 */
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises"
import { extname, join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { ArtifactError, artifactError } from "../artifact/ArtifactError.ts"
import { verified } from "../artifact/content.ts"
import { escapeSegment } from "../artifact/keyTemplate.ts"
import type { ArtifactStore } from "../artifact/Store.ts"
import { isTree, treeDigest } from "../artifact/tree.ts"
import type { ArtifactMover, Moved } from "../engine/artifacts/ArtifactHost.ts"
import type { SavedArtifact } from "../run/ArtifactRow.ts"
import type { ArtifactContent, ArtifactRange, PutArtifact } from "../workflow/Artifact.ts"
import { pack } from "./archive/pack.ts"
import { unpack } from "./archive/unpack.ts"
import { getTree, putTree } from "./tree.ts"

/** What a mover works with. */
export interface MoverOptions {
  /** The store at a place. */
  readonly store: (place: string) => ArtifactStore | undefined
  /** Beneath it each process makes work directories. */
  readonly workRoot: string
}

/** Makes a mover. */
export const makeMover = ({ store, workRoot }: MoverOptions): ArtifactMover => ({
  store,
  put: (store, key, content, options) => put(store, key, content, options),
  stream: (store, row, range) => Stream.toReadableStream(read(store, row, range)),
  bytes: (store, row) => bytes(store, row),
  restore: (store, row, destination, subPath) =>
    isTree(row) ? restoreTree(store, row, destination, subPath) : retried(unpack(read(store, row), destination, {
      format: row.archive,
      ...(subPath === undefined ? {} : { subPath })
    })),
  pack: (directory) => Stream.toReadableStream(pack(directory)),
  unpack: async (content, destination) => {
    const bytes = Stream.fromReadableStream({ evaluate: () => content, onError: (cause) => cause })
    await Effect.runPromise(unpack(bytes, destination))
  },
  copyIn: async (store, key, path, expected) => {
    const content = verified(
      pack(path, { format: "none" }),
      expected,
      (cause) => artifactError("Corrupt", { operation: "put", store: store.describe, key }, cause)
    )
    await Effect.runPromise(store.put(key, content, { size: expected.size, mediaType: expected.mediaType }))
  },
  makeDirectory: async () => {
    await mkdir(workRoot, { recursive: true, mode: 0o700 })
    return await mkdtemp(join(workRoot, "attempt-"))
  },
  within: (directory, name) => join(directory, escapeSegment(name).slice(0, 100)),
  removeDirectory: (path) => rm(path, { recursive: true, force: true }),
  close: () => rm(workRoot, { recursive: true, force: true })
})

/** About six seconds in all: longer faults are the business of the task's own retry policy. */
const patience = { schedule: Schedule.exponential("200 millis"), times: 5 }

const retried = <A>(effect: Effect.Effect<A, ArtifactError>): Effect.Effect<A, ArtifactError> =>
  Effect.retry(effect, { ...patience, while: (error) => error.isRetryable })

const put = (
  store: ArtifactStore,
  key: string,
  content: ArtifactContent,
  options: PutArtifact
): Effect.Effect<Moved, ArtifactError> => {
  if (typeof content === "string") {
    return Effect.flatMap(kindOf(store, key, content), (kind) => putPath(store, key, content, kind, options))
  }
  const archive = "none" as const
  const mediaType = options.mediaType ?? "application/octet-stream"
  const stored = content instanceof Uint8Array
    ? retried(store.put(key, counted(Stream.succeed(content), options), { size: content.length, mediaType }))
    : store.put(key, counted(streamOf(store, key, content), options), { mediaType })
  return Effect.map(stored, ({ sha256, size }) => ({ kind: "file", archive, size, sha256, mediaType }))
}

/** Begins at nothing again when the put does. */
const counted = <E>(
  content: Stream.Stream<Uint8Array, E>,
  { onProgress }: PutArtifact
): Stream.Stream<Uint8Array, E> =>
  onProgress === undefined ? content : Stream.suspend(() => {
    let bytes = 0
    return Stream.tap(content, (chunk) => Effect.sync(() => onProgress(bytes += chunk.length)))
  })

const putPath = (
  store: ArtifactStore,
  key: string,
  path: string,
  kind: "file" | "directory",
  options: PutArtifact
): Effect.Effect<Moved, ArtifactError> => {
  const archive = options.archive ?? (kind === "file" ? "none" : "tar+gzip")
  if (isTree({ archive, kind, key })) {
    return Effect.map(
      retried(putTree(store, key, path)),
      (leaves) => ({ kind, archive, ...treeDigest(leaves), mediaType: options.mediaType ?? "inode/directory" })
    )
  }
  const mediaType = options.mediaType ?? typeOf(archive, path)
  const packed = pack(path, { format: archive, ...(options.level === undefined ? {} : { level: options.level }) })
  return Effect.map(
    retried(store.put(key, counted(packed, options), { mediaType })),
    ({ sha256, size }) => ({ kind, archive, size, sha256, mediaType })
  )
}

/**
 * All that lies under the key, as buckets have it: several nodes may save into one
 * directory. So the whole is not checked, but that there is something.
 */
const restoreTree = (
  store: ArtifactStore,
  row: SavedArtifact,
  destination: string,
  subPath: string | undefined
): Effect.Effect<void, ArtifactError> => {
  const part = subPath?.split("/").filter((it) => it !== "" && it !== ".") ?? []
  const key = [row.key, ...part].join("/")
  return Effect.flatMap(retried(getTree(store, key, destination)), (leaves) => {
    if (leaves.length > 0) return Effect.void
    // A file of it, or an empty directory.
    if (part.length > 0) return retried(Effect.asVoid(unpack(store.get(key), destination, { format: "none" })))
    if (row.size === 0) return emptyDirectory(store, key, destination)
    return Effect.fail(
      artifactError("NotFound", { operation: "get", store: store.describe, key }, "its files are gone")
    )
  })
}

const emptyDirectory = (store: ArtifactStore, key: string, path: string): Effect.Effect<void, ArtifactError> =>
  Effect.tryPromise({
    try: async () => void await mkdir(path),
    catch: (cause) => artifactError("Io", { operation: "get", store: store.describe, key }, String(cause))
  })

const kindOf = (store: ArtifactStore, key: string, path: string): Effect.Effect<"file" | "directory", ArtifactError> =>
  Effect.tryPromise({
    try: async () => ((await stat(path)).isDirectory() ? "directory" as const : "file" as const),
    catch: (error) =>
      artifactError(
        "NotFound",
        { operation: "put", store: store.describe, key },
        `${path} cannot be read: ${String(error)}`
      )
  })

const streamOf = (
  store: ArtifactStore,
  key: string,
  content: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>
): Stream.Stream<Uint8Array, ArtifactError> => {
  const onError = (cause: unknown): ArtifactError =>
    cause instanceof ArtifactError
      ? cause
      : artifactError("Io", { operation: "put", store: store.describe, key }, `the stream failed: ${String(cause)}`)
  return content instanceof ReadableStream
    ? Stream.fromReadableStream({ evaluate: () => content, onError })
    : Stream.fromAsyncIterable(content, onError)
}

const read = (
  store: ArtifactStore,
  row: SavedArtifact,
  range?: ArtifactRange
): Stream.Stream<Uint8Array, ArtifactError> => {
  if (range !== undefined) return store.get(row.key, { range })
  return verified(
    store.get(row.key),
    row,
    (cause) => artifactError("Corrupt", { operation: "get", store: store.describe, key: row.key }, cause)
  )
}

const bytes = (store: ArtifactStore, row: SavedArtifact): Effect.Effect<Uint8Array, ArtifactError> =>
  retried(Effect.map(Stream.runCollect(read(store, row)), (chunks) => {
    const all = new Uint8Array(row.size)
    let at = 0
    for (const chunk of chunks) {
      all.set(chunk, at)
      at += chunk.length
    }
    return all
  }))

const mediaTypes: Readonly<Record<string, string>> = {
  ".csv": "text/csv",
  ".html": "text/html",
  ".json": "application/json",
  ".md": "text/markdown",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain"
}

const typeOf = (archive: SavedArchive, path: string): string => {
  if (archive === "tar") return "application/x-tar"
  if (archive === "tar+gzip") return "application/gzip"
  if (archive === "zip") return "application/zip"
  return mediaTypes[extname(path).toLowerCase()] ?? "application/octet-stream"
}

type SavedArchive = Moved["archive"]
