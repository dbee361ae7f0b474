/** Entries as a zip archive, streamed; sizes over 4 GiB and more than 65,535 entries included. */
import { Buffer } from "node:buffer"
import { createReadStream } from "node:fs"
import type { Readable } from "node:stream"
import { ZipFile } from "yazl"
import { packedAt, type PackEntry } from "./PackEntry.ts"

const linkType = 0o120000
const directoryType = 0o040000
const fileType = 0o100000

/** The bytes of a zip archive. Whoever stops reading stops the packing. */
export async function* packZip(entries: AsyncIterable<PackEntry>, level: number): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile()
  const output = zip.outputStream as Readable
  const open = new Set<Readable>()
  zip.on("error", (error) => output.destroy(error as Error))
  const produced = (async () => {
    for await (const entry of entries) add(zip, entry, level, open)
    zip.end()
  })()
  produced.catch((error) => output.destroy(error))
  try {
    yield* output as AsyncIterable<Uint8Array>
  } finally {
    output.destroy()
    for (const stream of open) stream.destroy()
    await produced.catch(() => {})
  }
}

const add = (zip: ZipFile, entry: PackEntry, level: number, open: Set<Readable>): void => {
  const { kind, name, mode, path, target } = entry
  const time = { mtime: packedAt.zip, forceDosTimestamp: true }
  const compression = { compress: level > 0, compressionLevel: level }
  if (kind === "directory") return zip.addEmptyDirectory(name, { ...time, mode: mode | directoryType })
  if (kind === "link") {
    return zip.addBuffer(Buffer.from(target), name, { ...time, mode: mode | linkType, compress: false })
  }
  zip.addReadStreamLazy(name, { ...compression, ...time, mode: mode | fileType }, (give) => {
    const stream = createReadStream(path, { highWaterMark: 256 * 1024 })
    open.add(stream)
    stream.once("close", () => open.delete(stream)).once("error", (error) => zip.emit("error", error))
    give(null, stream)
  })
}
