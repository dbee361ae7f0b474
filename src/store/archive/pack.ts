/** Files and directories as one stream of bytes. */
import { stat } from "node:fs/promises"
import { basename, resolve } from "node:path"
import { createGzip } from "node:zlib"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { PackOptions } from "../../artifact/Archive.ts"
import { ArtifactError, artifactError } from "../../artifact/ArtifactError.ts"
import { diskError } from "../disk/diskError.ts"
import { readFile } from "../file.ts"
import { type EntryFault, packEntries } from "./PackEntry.ts"
import { packTar } from "./packTar.ts"
import { packZip } from "./packZip.ts"
import { through } from "./through.ts"

/**
 * Packs a file or directory with its modes and links; owners are not kept. `none` takes a file only. Fails before the
 * last byte, so that nothing is stored, when a file cannot be read or packed: pipes, sockets, devices and links that
 * leave the directory are refused by name.
 */
export const pack = (path: string, options: PackOptions = {}): Stream.Stream<Uint8Array, ArtifactError> => {
  const { format = "tar+gzip", level = 6, name = basename(resolve(path)) } = options
  const store = `${format} of ${path}`
  const fault: EntryFault = (reason, key, cause) => artifactError(reason, { operation: "pack", store, key }, cause)
  const onError = (cause: unknown) =>
    cause instanceof ArtifactError ? cause : diskError({ operation: "pack", store, key: name }, cause)
  if (format === "none") return Stream.unwrap(Effect.as(isFile(path, name, fault, onError), readFile(path, onError)))
  if (!Number.isInteger(level) || level < 0 || level > 9) {
    return Stream.fail(fault("Unsupported", name, `the compression level goes from 0 to 9 and is not ${level}`))
  }
  const bytes = () => {
    const entries = packEntries(path, name, fault)
    if (format === "zip") return packZip(entries, level)
    return format === "tar" ? packTar(entries) : through(packTar(entries), createGzip({ level, chunkSize: 256 * 1024 }))
  }
  return Stream.unwrap(Effect.sync(() => Stream.fromAsyncIterable(bytes(), onError)))
}

/** Asked before the file is opened: a pipe would be waited for. */
const isFile = (
  path: string,
  name: string,
  fault: EntryFault,
  onError: (cause: unknown) => ArtifactError
): Effect.Effect<void, ArtifactError> =>
  Effect.flatMap(Effect.tryPromise({ try: () => stat(path), catch: onError }), (stats) => {
    if (stats.isFile()) return Effect.void
    const cause = stats.isDirectory() ? 'it is a directory. Choose "tar", "tar+gzip" or "zip"' : "it is not a file"
    return Effect.fail(fault("Unsupported", name, cause))
  })
