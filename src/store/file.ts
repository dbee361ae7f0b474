/**
 * Files as streams, both ways: the next block is read, or the
 * last one written, while the current one is being worked on.
 */
import { Buffer } from "node:buffer"
import { type FileHandle, open } from "node:fs/promises"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

/** Bytes that are read at once. */
const blockSize = 256 * 1024

type Block = readonly [Uint8Array]

/** The bytes of a file from `start` up to and without `end`, one block ahead of its reader. */
export const readFile = <E>(
  path: string,
  onError: (cause: unknown) => E,
  start = 0,
  end = Infinity
): Stream.Stream<Uint8Array, E> =>
  Stream.unwrap(Effect.map(opened(path, onError), (handle) => readHandle(handle, onError, start, end)))

const opened = <E>(path: string, onError: (cause: unknown) => E): Effect.Effect<FileHandle, E, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.tryPromise({ try: () => open(path, "r"), catch: onError }),
    (handle) => Effect.promise(() => handle.close().catch(() => {}))
  )

const readHandle = <E>(
  handle: FileHandle,
  onError: (cause: unknown) => E,
  start: number,
  end: number
): Stream.Stream<Uint8Array, E> =>
  Stream.unwrap(Effect.map(
    Effect.acquireRelease(
      Effect.tryPromise({ try: () => Reader.of(handle, start, end), catch: onError }),
      // A read that goes on must end before the file is closed.
      (reader) => Effect.promise(() => reader.settled())
    ),
    (reader) => Stream.fromPull(Effect.succeed(reader.pull(onError)))
  ))

/** Owns: its place in the file and the read that is under way. Does not own: the handle. */
class Reader {
  #ahead: Promise<Uint8Array> | undefined
  readonly #handle: FileHandle
  #offset: number
  readonly #end: number

  private constructor(handle: FileHandle, start: number, end: number) {
    this.#handle = handle
    this.#offset = start
    this.#end = end
  }

  static async of(handle: FileHandle, start: number, end: number): Promise<Reader> {
    const stat = await handle.stat()
    if (stat.isDirectory()) throw Object.assign(new Error("it is a directory"), { code: "EISDIR" })
    // Sizes of devices and pipes are unknown; they are read to their end.
    return new Reader(handle, start, stat.isFile() ? Math.min(end, stat.size) : end)
  }

  pull<E>(onError: (cause: unknown) => E): Pull.Pull<Block, E> {
    return Effect.suspend(() => this.#offset >= this.#end ? Cause.done() : this.#take(onError))
  }

  #take<E>(onError: (cause: unknown) => E): Pull.Pull<Block, E> {
    return Effect.flatMap(
      Effect.tryPromise({ try: () => this.#ahead ?? this.#read(this.#offset), catch: onError }),
      (block) => {
        this.#offset += block.length
        this.#ahead = block.length === 0 || this.#offset >= this.#end ? undefined : this.#read(this.#offset)
        return block.length === 0 ? Cause.done() : Effect.succeed<Block>([block])
      }
    )
  }

  async #read(offset: number): Promise<Uint8Array> {
    const block = Buffer.allocUnsafe(Math.min(blockSize, this.#end - offset))
    const { bytesRead } = await this.#handle.read(block, 0, block.length, offset)
    return block.subarray(0, bytesRead)
  }

  async settled(): Promise<void> {
    await this.#ahead?.catch(() => {})
  }
}

/** Owns: the write that is under way. Does not own: the handle, which may be closed only when `stop` has answered. */
class Writer {
  #last: Promise<void> = Promise.resolve()
  #stopped = false
  readonly #handle: FileHandle

  constructor(handle: FileHandle) {
    this.#handle = handle
  }

  /** Waits for the write before, then begins this one. */
  async write(blocks: ReadonlyArray<Uint8Array>): Promise<void> {
    await this.#last
    if (this.#stopped) return
    this.#last = this.#writeAll(blocks)
    this.#last.catch(() => {})
  }

  async #writeAll(blocks: ReadonlyArray<Uint8Array>): Promise<void> {
    for (const block of blocks) {
      for (let written = 0; written < block.length;) {
        written += (await this.#handle.write(block, written, block.length - written)).bytesWritten
      }
    }
  }

  ended(): Promise<void> {
    return this.#last
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#last.catch(() => {})
  }
}

/** Writes a stream to the end of an open file. When this ends, in whatever way, nothing more is written. */
export const writeHandle = <E, R, E2>(
  handle: FileHandle,
  content: Stream.Stream<Uint8Array, E, R>,
  onError: (cause: unknown) => E2
): Effect.Effect<void, E | E2, R> =>
  Effect.suspend(() => {
    const writer = new Writer(handle)
    return Stream.runForEachArray(
      content,
      (blocks) => Effect.tryPromise({ try: () => writer.write(blocks), catch: onError })
    ).pipe(
      Effect.andThen(Effect.tryPromise({ try: () => writer.ended(), catch: onError })),
      Effect.ensuring(Effect.promise(() => writer.stop()))
    )
  })
