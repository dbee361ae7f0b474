/** Entries as a tar archive, streamed. */
import { Buffer } from "node:buffer"
import { type FileHandle, open } from "node:fs/promises"
import { createTarPacker, type TarHeader } from "modern-tar"
import { packedAt, type PackEntry } from "./PackEntry.ts"

const blockSize = 1024 * 1024

/** The bytes of a tar archive. Whoever stops reading stops the packing. */
export async function* packTar(entries: AsyncIterable<PackEntry>): AsyncGenerator<Uint8Array> {
  const { readable, controller } = createTarPacker()
  const produced = produce(entries, controller)
  // What fails here is thrown by the reader.
  produced.catch((error) => controller.error(error))
  const reader = readable.getReader()
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
  } finally {
    await reader.cancel().catch(() => {})
    await produced.catch(() => {})
  }
}

type Controller = ReturnType<typeof createTarPacker>["controller"]

const produce = async (entries: AsyncIterable<PackEntry>, controller: Controller): Promise<void> => {
  for await (const entry of entries) {
    const body = controller.add(headerOf(entry)).getWriter()
    if (entry.kind === "file") await copyFile(entry, body)
    await body.close()
  }
  controller.finalize()
}

const headerOf = ({ kind, name, mode, size, target }: PackEntry): TarHeader => {
  const header = { mode, size, mtime: packedAt.tar, uid: 0, gid: 0 }
  if (kind === "directory") return { ...header, name: `${name}/`, type: "directory" }
  return kind === "link" ? { ...header, name, type: "symlink", linkname: target } : { ...header, name, type: "file" }
}

/**
 * A tar header tells the size first, so a file that grows
 * meanwhile is packed as long as it was; one that shrinks fails.
 */
const copyFile = async ({ path, size }: PackEntry, body: WritableStreamDefaultWriter<Uint8Array>): Promise<void> => {
  if (size === 0) return
  const handle = await open(path, "r")
  try {
    for (let offset = 0; offset < size;) {
      const block = await readBlock(handle, offset, Math.min(blockSize, size - offset))
      if (block.length === 0) throw new Error(`${path} became shorter while it was packed`)
      await body.write(block)
      offset += block.length
    }
  } finally {
    await handle.close()
  }
}

const readBlock = async (handle: FileHandle, offset: number, length: number): Promise<Uint8Array> => {
  const block = Buffer.allocUnsafeSlow(length)
  const { bytesRead } = await handle.read(block, 0, length, offset)
  return block.subarray(0, bytesRead)
}
