/** Entries of a zip archive, from a file: the list of them stands at its end. */
import type { Readable } from "node:stream"
import { crc32 } from "node:zlib"
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from "yauzl"
import type { Extraction } from "./Extraction.ts"

const typeMask = 0o170000
const linkType = 0o120000
const directoryType = 0o040000
const fileType = 0o100000
const targetLimit = 4_096
const unix = 3

/** Unpacks a zip file; encrypted, damaged and truncated ones throw. */
export const unpackZip = async (path: string, extraction: Extraction): Promise<void> => {
  const zip = await openPromise(path, {
    lazyEntries: true,
    autoClose: false,
    strictFileNames: true,
    decodeStrings: false,
    validateEntrySizes: true
  })
  try {
    for await (const entry of zip.eachEntry()) await extract(zip, entry, extraction)
  } finally {
    zip.close()
  }
}

const extract = async (zip: ZipFile, entry: Entry, extraction: Extraction): Promise<void> => {
  const name = nameOf(entry)
  if (entry.isEncrypted()) throw new Error(`${name} is encrypted`)
  const mode = modeOf(entry, name)
  const type = mode & typeMask
  if (type === directoryType || (type === 0 && name.endsWith("/"))) return await extraction.directory(name, mode)
  if (type === linkType) return await extraction.link(name, await readTarget(zip, entry))
  if (type !== fileType && type !== 0) extraction.refuse(name, "special file")
  await extraction.file(name, mode, checked(await zip.openReadStreamPromise(entry), entry))
}

/** Read as it stands: the extraction has a rule for names, and names the entry that breaks it. */
const nameOf = ({ extraFields, fileNameRaw, generalPurposeBitFlag }: Entry): string =>
  getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true)

/** Archives made on Windows hold no modes. */
const modeOf = ({ externalFileAttributes, versionMadeBy }: Entry, name: string): number => {
  const mode = (versionMadeBy >>> 8) === unix ? externalFileAttributes >>> 16 : 0
  return mode === 0 ? (name.endsWith("/") ? 0o755 : 0o644) : mode
}

const readTarget = async (zip: ZipFile, entry: Entry): Promise<string> => {
  if (entry.uncompressedSize > targetLimit) throw new Error(`the link ${nameOf(entry)} has a target that is too long`)
  const chunks: Array<Uint8Array> = []
  for await (const chunk of checked(await zip.openReadStreamPromise(entry), entry)) chunks.push(chunk)
  return new TextDecoder().decode(Uint8Array.from(chunks.flatMap((it) => [...it])))
}

async function* checked(stream: Readable, entry: Entry): AsyncGenerator<Uint8Array> {
  let sum = 0
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    sum = crc32(chunk, sum)
    yield chunk
  }
  if (sum !== entry.crc32) throw new Error(`the checksum of ${nameOf(entry)} is wrong`)
}
