/** The port of artifact stores: named bytes, streamed both ways. */
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { ArtifactError } from "./ArtifactError.ts"

/**
 * Where an object is: plain JSON without credentials, to be kept in
 * a row. `kind` is the kind of store, `key` the object's key in it.
 */
export interface Location {
  /** The kind of store, such as `s3`. */
  readonly kind: string
  /** The key of the object in that store. */
  readonly key: string
  /** What else this kind of store needs to find it. */
  readonly [detail: string]: string
}

/** How bytes are put. */
export interface PutOptions {
  /**
   * How many bytes the stream holds, if known: another number fails
   * as `Corrupt`, and large uploads choose their parts by it.
   */
  readonly size?: number
  /** The media type that stores which have one keep with the object; default `application/octet-stream`. */
  readonly mediaType?: string
  /** Fails as `Exists` when the key is taken; default false: the object is replaced, at once and as a whole. */
  readonly ifAbsent?: boolean
}

/** What was put. */
export interface Stored {
  /** The key it was put under. */
  readonly key: string
  /** Bytes. */
  readonly size: number
  /** The SHA-256 of the bytes, in lower-case hexadecimal. */
  readonly sha256: string
}

/**
 * A part of an object: bytes from `start` (default 0) up to and
 * without `end` (default: the object's end), as `Array.slice` counts.
 */
export interface ByteRange {
  /** The first byte, from 0; default 0. */
  readonly start?: number
  /** The byte after the last one; default the end of the object. */
  readonly end?: number
}

/** What a store knows of an object without reading it. */
export interface ObjectInfo {
  /** The key of the object. */
  readonly key: string
  /** Bytes. */
  readonly size: number
  /** When it was put, in milliseconds since 1970, by the store's clock. */
  readonly modifiedAt: number
}

/** What became of one key of a delete; without `error` it is gone. */
export interface Deletion {
  /** The key that was to be deleted. */
  readonly key: string
  /** Why it could not be deleted. */
  readonly error?: ArtifactError
}

/** What a sweep removed. */
export interface Swept {
  /** Unfinished puts that were removed. */
  readonly removed: number
}

/**
 * A store of artifacts. An object appears as a whole or not at all; nothing of a put that failed, was interrupted or
 * was killed can be read, and `sweep` removes what such a put left behind. Errors of a given stream pass through
 * unchanged; its chunks are kept for a while and must not be written to again.
 */
export interface ArtifactStore {
  /** Names the store, its bucket or directory, for messages; without credentials. */
  readonly describe: string
  /** Where the object of this key is or would be. */
  readonly location: (key: string) => Location
  /** Puts the stream's bytes under a key, replacing what was there. Interruption and failure leave no object. */
  readonly put: <E, R>(
    key: string,
    content: Stream.Stream<Uint8Array, E, R>,
    options?: PutOptions
  ) => Effect.Effect<Stored, ArtifactError | E, R>
  /**
   * The bytes of an object, or of a part of it; `NotFound` when
   * there is none. A range past the end is cut, as a slice is.
   */
  readonly get: (key: string, options?: { readonly range?: ByteRange }) => Stream.Stream<Uint8Array, ArtifactError>
  /** Size and age of an object; `NotFound` when there is none. */
  readonly stat: (key: string) => Effect.Effect<ObjectInfo, ArtifactError>
  /** Every object whose key begins with the prefix (a string, not a folder; default all), in no particular order. */
  readonly list: (prefix?: string) => Stream.Stream<ObjectInfo, ArtifactError>
  /**
   * Deletes objects; answers for each key in the given order. One that
   * is already gone counts as deleted; one failure stops no other.
   */
  readonly delete: (keys: Iterable<string>) => Effect.Effect<ReadonlyArray<Deletion>>
  /**
   * Removes what puts that were begun more than `olderThan`
   * milliseconds ago left unfinished. Must exceed the longest put.
   */
  readonly sweep: (options: { readonly olderThan: number }) => Effect.Effect<Swept, ArtifactError>
}
