/** What has come from elsewhere: unpacked where it is an archive, put where it is wanted. */
import { Buffer } from "node:buffer"
import { lstatSync, renameSync, rmSync } from "node:fs"
import { open } from "node:fs/promises"
import { posix } from "node:path"
import { constants, gunzipSync } from "node:zlib"
import * as Effect from "effect/Effect"
import type { ArchiveFormat } from "../../artifact/Archive.ts"
import type { ArtifactError } from "../../artifact/ArtifactError.ts"
import { copyOut, rootView } from "../../files/mod.ts"
import { unpack } from "../../store/archive/unpack.ts"
import { readFile } from "../../store/file.ts"
import type { Artifact } from "../document/Manifest.ts"

const head = 65_536

/**
 * Unpacks a file that holds a tar archive, packed or not, or the zip
 * archive that the manifest speaks of; answers where the result is.
 */
export const opened = ({ archive }: Artifact, file: string): Effect.Effect<string, ArtifactError> =>
  Effect.gen(function* () {
    if (archive?.none !== undefined || lstatSync(file).isDirectory()) return file
    const format = archive?.zip !== undefined ? "zip" : yield* Effect.promise(() => formatOf(file))
    if (format === "none") return file
    yield* unpack(readFile(file, (cause) => cause as ArtifactError), `${file}.open`, { format })
    rmSync(file)
    return `${file}.open`
  })

/** The format that a file's first bytes tell. */
const formatOf = async (file: string): Promise<ArchiveFormat> => {
  const handle = await open(file, "r")
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(head), 0, head, 0)
    const bytes = buffer.subarray(0, bytesRead)
    if (isTar(bytes)) return "tar"
    return bytes[0] === 0x1f && bytes[1] === 0x8b && isTar(beginning(bytes)) ? "tar+gzip" : "none"
  } finally {
    await handle.close()
  }
}

const beginning = (packed: Buffer): Buffer => {
  try {
    return gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 64 * 1024 * 1024 })
  } catch {
    return Buffer.alloc(0)
  }
}

/** Whether the first header carries the sum of its bytes. */
const isTar = (bytes: Buffer): boolean => {
  if (bytes.length < 512) return false
  const told = Number.parseInt(bytes.toString("latin1", 148, 156), 8)
  const sum = bytes.subarray(0, 512).reduce((all, byte, at) => all + (at >= 148 && at < 156 ? 32 : byte), 0)
  return told === sum
}

/**
 * Moves what was received, or copies a part of it, to a path that does not exist; answers whether there is such a part.
 */
export const settle = async (from: string, to: string, part: string = ""): Promise<boolean> => {
  if (posix.resolve("/", part) !== "/") {
    return lstatSync(from).isDirectory() && await copyOut({ view: rootView(from), path: part }, to)
  }
  renameSync(from, to)
  return true
}
