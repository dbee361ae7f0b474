/**
 * What the engine needs to keep artifacts: stores by name, and somebody
 * who moves bytes. Loaded when a body first asks for artifacts.
 */
import type * as Effect from "effect/Effect"
import type { ArtifactError } from "../../artifact/ArtifactError.ts"
import type { ArtifactStore } from "../../artifact/Store.ts"
import type { SavedArtifact } from "../../run/ArtifactRow.ts"
import type { ArtifactContent, ArtifactGC, ArtifactRange, PutArtifact } from "../../workflow/Artifact.ts"
import type { Retention } from "../../workflow/Retention.ts"
import type { Claims } from "./Claims.ts"
import type { Gate } from "./Gate.ts"

/** Artifacts as an engine was opened with them. */
export interface ArtifactHost {
  /** The places of its stores by the names they go by here. */
  readonly stores: ReadonlyMap<string, string>
  /** Takes in a bucket that the engine was not opened with; answers its place. */
  readonly add: (store: ArtifactStore) => string
  /** Which of these places, asked for only if there may be some, `find` opens with credentials of the environment. */
  readonly reachable: <E>(places: Effect.Effect<ReadonlyArray<string>, E>) => Effect.Effect<ReadonlyArray<string>, E>
  /** The store at a place that a row names. */
  readonly find: (place: string) => Promise<ArtifactStore | undefined>
  /** What counts for artifacts and workflows that say nothing else. */
  readonly gc: ArtifactGC
  readonly retention: Retention | undefined
  readonly claims: Claims
  /** How many transfers begin in one turn. */
  readonly gate: Gate
  /** How artifacts are made and read; loaded once. */
  readonly mover: () => Promise<ArtifactMover>
  /** Removes the work directories of this process, if there are any. */
  readonly close: () => Promise<void>
}

/** What of a saved artifact the bytes tell. */
export type Moved = Pick<SavedArtifact, "kind" | "archive" | "size" | "sha256" | "mediaType">

/**
 * Moves bytes between bodies, work directories and stores. Transient
 * faults of stores are tried again where the bytes can be read again.
 */
export interface ArtifactMover {
  readonly store: (place: string) => ArtifactStore | undefined
  readonly put: (
    store: ArtifactStore,
    key: string,
    content: ArtifactContent,
    options: PutArtifact
  ) => Effect.Effect<Moved, ArtifactError>
  /** The stored bytes, checked unless only a range is wanted. */
  readonly stream: (store: ArtifactStore, row: SavedArtifact, range?: ArtifactRange) => ReadableStream<Uint8Array>
  readonly bytes: (store: ArtifactStore, row: SavedArtifact) => Effect.Effect<Uint8Array, ArtifactError>
  /** Makes the file or directory again at a path that does not exist. */
  readonly restore: (
    store: ArtifactStore,
    row: SavedArtifact,
    destination: string,
    subPath: string | undefined
  ) => Effect.Effect<void, ArtifactError>
  /** A directory as one `tar+gzip`. */
  readonly pack: (directory: string) => ReadableStream<Uint8Array>
  /** Makes a directory of one, safely. */
  readonly unpack: (content: ReadableStream<Uint8Array>, destination: string) => Promise<void>
  /** Stores a file as it is; rejects when it is not the one that was expected. */
  readonly copyIn: (
    store: ArtifactStore,
    key: string,
    path: string,
    expected: { readonly size: number; readonly sha256: string; readonly mediaType: string }
  ) => Promise<void>
  /** A new, private directory. */
  readonly makeDirectory: () => Promise<string>
  /** A place that does not exist yet, in a private directory. */
  readonly within: (directory: string, name: string) => string
  readonly removeDirectory: (path: string) => Promise<void>
  /** Removes the work directories of this process. */
  readonly close: () => Promise<void>
}
