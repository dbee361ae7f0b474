/** Entries of a tar archive, streamed into an extraction. */
import { createTarDecoder, type ParsedTarEntry } from "modern-tar"
import type { Extraction } from "./Extraction.ts"

/** Unpacks the bytes of a tar archive to the last entry; truncated and damaged archives throw. */
export const unpackTar = async (source: AsyncIterable<Uint8Array>, extraction: Extraction): Promise<void> => {
  const { readable, writable } = createTarDecoder({ strict: true })
  const writer = writable.getWriter()
  const feeding = feed(source, writer)
  feeding.catch(() => {})
  try {
    for await (const entry of readable) await extract(entry, extraction)
  } catch (error) {
    // Not waited for: it may be waiting for bytes that nobody needs any more.
    writer.abort(error).catch(() => {})
    throw error
  }
  await feeding
}

/** An error of the source is thrown by the reader too, since the decoder passes it on. */
const feed = async (source: AsyncIterable<Uint8Array>, writer: WritableStreamDefaultWriter<Uint8Array>) => {
  try {
    for await (const chunk of source) await writer.write(chunk)
    await writer.close()
  } catch (error) {
    await writer.abort(error).catch(() => {})
    throw error
  }
}

const extract = async ({ header, body }: ParsedTarEntry, extraction: Extraction): Promise<void> => {
  const { name, mode = 0o644, linkname = "", type = "file" } = header
  if (type === "file") return await extraction.file(name, mode, body)
  if (type === "directory") return await extraction.directory(name, header.mode ?? 0o755)
  if (type === "symlink") return await extraction.link(name, linkname)
  return type === "link" ? await extraction.hardLink(name, linkname) : extraction.refuse(name, type)
}
