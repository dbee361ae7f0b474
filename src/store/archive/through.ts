/** Byte streams through a transforming stream of Node, as async iterables. */
import { pipeline, Readable, type Transform } from "node:stream"

/**
 * What comes out of `transform` when `source` is put in. The
 * source's error is thrown; whoever stops reading stops the source.
 */
export async function* through(source: AsyncIterable<Uint8Array>, transform: Transform): AsyncGenerator<Uint8Array> {
  const input = Readable.from(source, { objectMode: false, highWaterMark: 1024 * 1024 })
  pipeline(input, transform, () => {})
  try {
    yield* transform as AsyncIterable<Uint8Array>
  } finally {
    input.destroy()
    transform.destroy()
  }
}
