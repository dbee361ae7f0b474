/** What is in a tar file, zipped or not: it is read from its beginning, as far as it is looked at. */
import { createTarDecoder } from "modern-tar"
import type { Entry } from "./Entry.ts"

/** The entries, at most `most`; throws for a file that is not a tar. */
export const tarEntries = async (
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  isZipped: boolean,
  most: number
): Promise<ReadonlyArray<Entry>> => {
  const plain = isZipped ? bytes.pipeThrough(new DecompressionStream("gzip")) : bytes
  const reader = plain.pipeThrough(createTarDecoder({ strict: true }) as ReadableWritablePair).getReader()
  const found: Array<Entry> = []
  try {
    while (found.length < most) {
      const { done, value } = await reader.read()
      if (done) break
      const { header, body } = value as { readonly header: Header; readonly body: ReadableStream }
      await body.cancel()
      found.push({
        name: header.name,
        isFolder: header.type === "directory",
        size: header.size,
        at: header.mtime?.getTime() ?? 0
      })
    }
  } finally {
    reader.cancel().catch(() => {})
  }
  return found
}

interface Header {
  readonly name: string
  readonly type?: string
  readonly size: number
  readonly mtime?: Date
}
