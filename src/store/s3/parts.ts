/** Cuts a stream into the parts of an upload: pure but for the stream. */
import { createHash, type Hash } from "node:crypto"
import * as Stream from "effect/Stream"

/** One part; numbers begin with 1. */
export interface Part {
  readonly number: number
  readonly bytes: Uint8Array<ArrayBuffer>
  /** The SHA-256 of the bytes. */
  readonly hash: Uint8Array
  readonly last: boolean
}

/** Owns: buffers of parts that have been sent, to be filled again; without it an upload leaves its size in garbage. */
export class PartBuffers {
  #free: Array<Uint8Array<ArrayBuffer>> = []

  /** A buffer of exactly this size, with any content. */
  take(size: number): Uint8Array<ArrayBuffer> {
    const found = this.#free.pop()
    return found?.length === size ? found : new Uint8Array(size)
  }

  /** Gives back a buffer that nobody reads any more. */
  give(bytes: Uint8Array<ArrayBuffer>): void {
    this.#free.push(bytes)
  }
}

/** Parts that S3 takes in one upload. */
export const partLimit = 10_000
/** Parts after which their size doubles when the whole size is not known: with 8 MiB at first that makes 300 GB. */
const doubleAfter = 2_500

/** Bytes of the part with this number. With a known size all are equal, and so large that there are few enough. */
export const partSizeOf = (number: number, least: number, size: number | undefined): number =>
  size === undefined
    ? least * 2 ** Math.floor((number - 1) / doubleAfter)
    : Math.max(least, Math.ceil(size / partLimit))

interface Cut {
  number: number
  size: number
  chunks: Array<Uint8Array>
  hash: Hash
}

/** The parts of a stream, in order; all but the last are full, and there is always a last one, if need be empty. */
export const partsOf = <E, R>(
  content: Stream.Stream<Uint8Array, E, R>,
  least: number,
  size: number | undefined,
  buffers: PartBuffers
): Stream.Stream<Part, E, R> => {
  const take = (cut: Cut, last: boolean): Part => {
    const part = {
      number: cut.number++,
      bytes: join(cut.chunks, buffers.take(cut.size)),
      hash: cut.hash.digest(),
      last
    }
    cut.hash = createHash("sha256")
    cut.chunks = []
    cut.size = 0
    return part
  }
  // A full part waits for the next byte, since it may be the last one.
  const push = (cut: Cut, chunk: Uint8Array): ReadonlyArray<Part> => {
    const parts: Array<Part> = []
    for (let at = 0; at < chunk.length;) {
      const room = partSizeOf(cut.number, least, size) - cut.size
      if (room === 0) parts.push(take(cut, false))
      else {
        const piece = chunk.subarray(at, at + room)
        cut.chunks.push(piece)
        cut.hash.update(piece)
        cut.size += piece.length
        at += piece.length
      }
    }
    return parts
  }
  // The end is an element of its own: a stream that fails must not look like one that ended.
  return Stream.mapAccumArray(
    Stream.concat(content, Stream.succeed(end)),
    (): Cut => ({ number: 1, size: 0, chunks: [], hash: createHash("sha256") }),
    (cut, chunks) => [cut, chunks.flatMap((chunk) => chunk === end ? [take(cut, true)] : push(cut, chunk))]
  )
}

const end = new Uint8Array()

const join = (chunks: ReadonlyArray<Uint8Array>, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}
