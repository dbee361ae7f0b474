/** Reads a named pipe as text, from before somebody writes to it until nobody can any more. */
import { closeSync, constants, openSync } from "node:fs"
import { Socket } from "node:net"

/** A pipe that is read. */
export interface PipeReader {
  /** Stops reading, whoever still writes. */
  readonly close: () => void
}

interface BunRuntime {
  readonly file: (descriptor: number) => { readonly stream: () => ReadableStream<Uint8Array<ArrayBuffer>> }
}

const bun = (globalThis as { readonly Bun?: BunRuntime }).Bun

/** Opens the pipe at once; throws what the system says. */
export const readPipe = (path: string, wrote: (text: string) => void, ended: () => void): PipeReader => {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  return bun === undefined ? readSocket(descriptor, wrote, ended) : readFile(bun, descriptor, wrote, ended)
}

const readSocket = (fd: number, wrote: (text: string) => void, ended: () => void): PipeReader => {
  const socket = new Socket({ fd, readable: true, writable: false })
  socket.setEncoding("utf8").on("data", wrote).on("error", () => {}).on("close", ended)
  return { close: () => socket.destroy() }
}

/** Bun has no sockets of descriptors, but reads such files without blocking. */
const readFile = (
  bun: BunRuntime,
  descriptor: number,
  wrote: (text: string) => void,
  ended: () => void
): PipeReader => {
  const reader = bun.file(descriptor).stream().getReader()
  const decoder = new TextDecoder()
  const read = async (): Promise<void> => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      wrote(decoder.decode(part.value, { stream: true }))
    }
    wrote(decoder.decode())
  }
  void read().catch(() => {}).finally(() => closeSync(descriptor)).then(ended)
  return { close: () => void reader.cancel().catch(() => {}) }
}
