/** What is in an archive. */

/** A file or folder of it. */
export interface Entry {
  readonly name: string
  readonly isFolder: boolean
  /** Absent where the archive does not tell it in short. */
  readonly size?: number
  /** When it was changed, in milliseconds since the epoch; 0 where that is not told. */
  readonly at: number
  /** Where a zip has it, and in how many bytes; absent where that is not told in short, or it is encrypted. */
  readonly packed?: { readonly from: number; readonly bytes: number; readonly method: number }
}

/** Reads bytes from one place up to another. */
export type Read = (from: number, to: number) => Promise<Uint8Array<ArrayBuffer>>

/** The first bytes of a file. */
export interface Beginning {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Whether these are all. */
  readonly isAll: boolean
}

/** The first bytes that come out of a stream; what follows is not read. */
export const beginningOf = async (
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  most: number
): Promise<Beginning> => {
  const reader = stream.getReader()
  const parts: Array<Uint8Array<ArrayBuffer>> = []
  let size = 0
  for (let it = await reader.read(); !it.done; it = await reader.read()) {
    parts.push(it.value)
    size += it.value.length
    if (size > most) break
  }
  reader.cancel().catch(() => {})
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer())
  return { bytes: bytes.subarray(0, most), isAll: size <= most }
}
