/** What is in a zip file, by its directory at the end: of a large one, little is read. */
import { type Beginning, beginningOf, type Entry, type Read } from "./Entry.ts"

const endMark = 0x06054b50
const end64Mark = 0x06064b50
const entryMark = 0x02014b50
/** The end of a zip, with the longest comment it may have, and the larger end before it. */
const tail = 22 + 65_535 + 76

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const lastMark = (view: DataView, mark: number): number => {
  for (let at = view.byteLength - 22; at >= 0; at--) if (view.getUint32(at, true) === mark) return at
  return -1
}

interface Directory {
  readonly from: number
  readonly bytes: number
  readonly count: number
}

const directoryOf = (view: DataView): Directory | undefined => {
  const at = lastMark(view, endMark)
  if (at < 0) return undefined
  const [count, bytes, from] = [
    view.getUint16(at + 10, true),
    view.getUint32(at + 12, true),
    view.getUint32(at + 16, true)
  ]
  if (from !== 0xffffffff && count !== 0xffff) return { count, bytes, from }
  const large = lastMark(view, end64Mark)
  if (large < 0 || large + 56 > view.byteLength) return undefined
  const wide = (place: number): number => Number(view.getBigUint64(large + place, true))
  return { count: wide(32), bytes: wide(40), from: wide(48) }
}

const timeOf = (date: number, time: number): number =>
  date === 0
    ? 0
    : Date.UTC((date >> 9) + 1980, ((date >> 5) & 15) - 1, date & 31, time >> 11, (time >> 5) & 63, (time & 31) * 2)

/** The entries, at most `most`; throws for a file that is not a zip. */
export const zipEntries = async (read: Read, size: number, most: number): Promise<ReadonlyArray<Entry>> => {
  const found = directoryOf(viewOf(await read(Math.max(0, size - tail), size)))
  if (found === undefined || found.from + found.bytes > size) throw new Error("It has no directory as zip files have")
  if (found.count === 0) return []
  const directory = await read(found.from, found.from + Math.min(found.bytes, most * 200))
  const view = viewOf(directory)
  const entries: Array<Entry> = []
  for (let at = 0; entries.length < most && at + 46 <= view.byteLength && view.getUint32(at, true) === entryMark;) {
    const [name, extra, comment] = [28, 30, 32].map((place) => view.getUint16(at + place, true)) as [
      number,
      number,
      number
    ]
    const text = new TextDecoder().decode(directory.subarray(at + 46, at + 46 + name))
    const long = view.getUint32(at + 24, true)
    const [bytes, from] = [view.getUint32(at + 20, true), view.getUint32(at + 42, true)]
    const isShort = bytes !== 0xffffffff && from !== 0xffffffff && (view.getUint16(at + 8, true) & 1) === 0
    entries.push({
      name: text,
      isFolder: text.endsWith("/"),
      ...long === 0xffffffff ? {} : { size: long },
      at: timeOf(view.getUint16(at + 14, true), view.getUint16(at + 12, true)),
      ...isShort ? { packed: { bytes, from, method: view.getUint16(at + 10, true) } } : {}
    })
    at += 46 + name + extra + comment
  }
  return entries
}

/** The first bytes of a file in it; throws where it cannot be read here. */
export const zipContent = async (read: Read, { packed }: Entry, most: number): Promise<Beginning> => {
  if (packed === undefined) throw new Error("It is encrypted, or too large")
  const { bytes, from, method } = packed
  if (method !== 0 && method !== 8) throw new Error("It is compressed in a way that browsers cannot undo")
  const head = viewOf(await read(from, from + 30))
  const begin = from + 30 + head.getUint16(26, true) + head.getUint16(28, true)
  if (bytes === 0) return { bytes: new Uint8Array(), isAll: true }
  const raw = await read(begin, begin + (method === 0 ? Math.min(bytes, most + 1) : Math.min(bytes, most * 4)))
  const stream = new Blob([raw]).stream()
  return beginningOf(method === 0 ? stream : stream.pipeThrough(new DecompressionStream("deflate-raw")), most)
}
