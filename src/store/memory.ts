/**
 * A store in memory, for tests and for artifacts that need not outlive the process.
 *
 * Owns: the bytes of its objects. Does not own: anything outside of the process.
 * Invariants: an object is put under its key only when its stream
 * has ended well; the sum of the sizes never exceeds `capacity`.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import {
  type ArtifactError,
  artifactError,
  type ArtifactOperation,
  type ArtifactReason
} from "../artifact/ArtifactError.ts"
import { makeStore } from "../artifact/makeStore.ts"
import type { ArtifactStore, Deletion, ObjectInfo, PutOptions } from "../artifact/Store.ts"

interface Held {
  readonly bytes: Uint8Array
  readonly modifiedAt: number
}

/**
 * Makes an empty store in memory. `capacity` is the sum of bytes
 * it holds before a put fails as `NoSpace`; default 256 MiB.
 */
export const memoryStore = (options: { readonly capacity?: number } = {}): ArtifactStore =>
  makeStore(new Memory(options.capacity ?? 256 * 1024 * 1024))

class Memory {
  readonly describe = "memory"
  readonly #objects = new Map<string, Held>()
  readonly #capacity: number
  #used = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  readonly location = (key: string) => ({ kind: "memory", key })

  readonly put = <E, R>(
    key: string,
    content: Stream.Stream<Uint8Array, E, R>,
    options: PutOptions
  ): Effect.Effect<void, E | ArtifactError, R> =>
    Effect.gen({ self: this }, function* () {
      const chunks: Array<Uint8Array> = []
      let size = 0
      yield* Stream.runForEach(content, (chunk) => {
        size += chunk.length
        if (this.#used + size <= this.#capacity) return Effect.sync(() => void chunks.push(chunk))
        return Effect.fail(error("NoSpace", "put", key, `it holds no more than ${this.#capacity} bytes`))
      })
      const modifiedAt = yield* Clock.currentTimeMillis
      if (options.ifAbsent === true && this.#objects.has(key)) {
        return yield* Effect.fail(error("Exists", "put", key, "there is an object with this key"))
      }
      this.#remove(key)
      this.#objects.set(key, { bytes: join(chunks, size), modifiedAt })
      this.#used += size
    })

  readonly get = (key: string, start: number, end: number): Stream.Stream<Uint8Array, ArtifactError> =>
    Stream.unwrap(Effect.map(this.#find("get", key), ({ bytes }) => {
      const part = bytes.slice(start, end)
      return part.length === 0 ? Stream.empty : Stream.succeed(part)
    }))

  readonly stat = (key: string): Effect.Effect<ObjectInfo, ArtifactError> =>
    Effect.map(this.#find("stat", key), (held) => info(key, held))

  readonly list = (prefix: string): Stream.Stream<ObjectInfo> =>
    Stream.suspend(() =>
      Stream.fromArray(
        [...this.#objects].filter(([key]) => key.startsWith(prefix)).map(([key, held]) => info(key, held))
      )
    )

  readonly delete = (keys: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<Deletion>> =>
    Effect.sync(() => keys.map((key) => (this.#remove(key), { key })))

  readonly sweep = () => Effect.succeed({ removed: 0 })

  #remove(key: string) {
    this.#used -= this.#objects.get(key)?.bytes.length ?? 0
    this.#objects.delete(key)
  }

  #find(operation: ArtifactOperation, key: string): Effect.Effect<Held, ArtifactError> {
    return Effect.suspend(() => {
      const held = this.#objects.get(key)
      return held === undefined
        ? Effect.fail(error("NotFound", operation, key, "there is no such object"))
        : Effect.succeed(held)
    })
  }
}

const info = (key: string, { bytes, modifiedAt }: Held): ObjectInfo => ({ key, size: bytes.length, modifiedAt })

const error = (reason: ArtifactReason, operation: ArtifactOperation, key: string, cause: string): ArtifactError =>
  artifactError(reason, { operation, key, store: "memory" }, cause)

const join = (chunks: ReadonlyArray<Uint8Array>, size: number): Uint8Array => {
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}
