/** What the contract suite needs of a store, and shorthands to call one. */
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { ArtifactError } from "../../src/artifact/ArtifactError.ts"
import type { ArtifactStore, ByteRange, ObjectInfo, PutOptions, Stored } from "../../src/artifact/Store.ts"

/** One empty store. */
export interface StoreWorld {
  readonly store: ArtifactStore
  /** What is left of puts that did not end well: files or uploads that only a sweep would find. */
  readonly unfinished: () => Promise<number>
  readonly dispose: () => Promise<void>
}

/** Runs an effect that must succeed. */
export const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)

/** The error of an effect that must fail with an artifact error. */
export const failure = async (effect: Effect.Effect<unknown, unknown>): Promise<ArtifactError> => {
  const error = await Effect.runPromise(Effect.flip(effect))
  if (error instanceof ArtifactError) return error
  throw new Error(`It did not fail with an ArtifactError but with ${String(error)}`)
}

/** Bytes of UTF-8 text. */
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A prime, so that what is cut and put together wrongly at round numbers is another text. */
const period = 999_983

/** Bytes that follow a rule but do not repeat soon. */
export const noise = (length: number, seed = 1): Uint8Array => {
  const result = new Uint8Array(length)
  let state = seed
  for (let at = 0; at < Math.min(length, period); at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    result[at] = state >>> 24
  }
  for (let at = period; at < length; at += period) result.copyWithin(at, 0, Math.min(period, length - at))
  return result
}

/** Cuts bytes into a stream of chunks. */
export const chunked = (content: Uint8Array, size: number): Stream.Stream<Uint8Array> =>
  Stream.fromIterable(
    Array.from({ length: Math.ceil(content.length / size) }, (_, at) => content.subarray(at * size, (at + 1) * size))
  )

/** Puts text or bytes. */
export const put = (
  store: ArtifactStore,
  key: string,
  content: string | Uint8Array,
  options?: PutOptions
): Effect.Effect<Stored, ArtifactError> =>
  store.put(key, Stream.succeed(typeof content === "string" ? bytes(content) : content), options)

/** Reads an object as bytes. */
export const get = (store: ArtifactStore, key: string, range?: ByteRange): Effect.Effect<Uint8Array, ArtifactError> =>
  Stream.mkUint8Array(store.get(key, range === undefined ? {} : { range }))

/** Reads an object as text. */
export const text = (store: ArtifactStore, key: string, range?: ByteRange): Promise<string> =>
  run(Effect.map(get(store, key, range), (it) => new TextDecoder().decode(it)))

/** The keys under a prefix, sorted. */
export const keys = async (store: ArtifactStore, prefix?: string): Promise<ReadonlyArray<string>> =>
  (await infos(store, prefix)).map(({ key }) => key).sort()

/** What a store lists under a prefix. */
export const infos = (store: ArtifactStore, prefix?: string): Promise<ReadonlyArray<ObjectInfo>> =>
  run(Stream.runCollect(store.list(prefix)))

/** Whether an exit is an interruption. */
export const isInterrupted = (exit: Exit.Exit<unknown, unknown>): boolean => Exit.hasInterrupts(exit)

/** What tells large contents apart. */
export const sha256 = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex")
