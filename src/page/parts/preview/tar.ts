/** What is in a tar file, zipped or not: it is read from its beginning, as far as it is looked at. */
import { createTarDecoder } from "modern-tar"
import { type Beginning, beginningOf, type Entry } from "./Entry.ts"

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>

interface Member {
  readonly header: Header
  readonly body: Bytes
}

const membersOf = (bytes: Bytes, isZipped: boolean): ReadableStreamDefaultReader<Member> => {
  const plain = isZipped ? bytes.pipeThrough(new DecompressionStream("gzip")) : bytes
  return plain.pipeThrough(createTarDecoder({ strict: true }) as ReadableWritablePair<Member, Uint8Array>).getReader()
}

/** The entries, at most `most`; throws for a file that is not a tar. */
export const tarEntries = async (bytes: Bytes, isZipped: boolean, most: number): Promise<ReadonlyArray<Entry>> => {
  const reader = membersOf(bytes, isZipped)
  const found: Array<Entry> = []
  try {
    while (found.length < most) {
      const { done, value } = await reader.read()
      if (done) break
      const { body, header } = value
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

/** The first bytes of the entry at a place in the list. */
export const tarContent = async (bytes: Bytes, isZipped: boolean, place: number, most: number): Promise<Beginning> => {
  const reader = membersOf(bytes, isZipped)
  try {
    for (let at = 0;; at++) {
      const { done, value } = await reader.read()
      if (done) throw new Error("It is further within the archive than is read here")
      if (at === place) return await beginningOf(value.body, most)
      await value.body.cancel()
    }
  } finally {
    reader.cancel().catch(() => {})
  }
}

interface Header {
  readonly name: string
  readonly type?: string
  readonly size: number
  readonly mtime?: Date
}
