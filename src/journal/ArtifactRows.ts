/** What the engine needs of storage for artifacts. The bytes are elsewhere: in a store of artifacts. */
import type { ArtifactRow, ArtifactState } from "../run/ArtifactRow.ts"

/** What an append may say about artifacts. */
export type ArtifactWrite =
  | { readonly kind: "artifact"; readonly row: ArtifactRow }
  /** A run got its handle; written down only of another one than its own, and of an artifact that is there. */
  | { readonly kind: "reader"; readonly artifact: string; readonly run: number }
  /** Makes it `due` if it is `live`; a deletion that failed for good is tried again, and counts anew. */
  | { readonly kind: "due"; readonly artifact: string }
  /**
   * Somebody replaces, or has replaced, the bytes under a key: what names it is gone, unless it is pinned, or
   * being deleted by a living process.
   */
  | { readonly kind: "overwrite"; readonly store: string; readonly key: string }
  | { readonly kind: "pin"; readonly artifact: string; readonly pinned: boolean }
  /**
   * How a deletion ended: without `error` the bytes are gone; with one it is tried again at `nextAt`, or not at all
   * when that is 0.
   */
  | { readonly kind: "deletion"; readonly artifact: string; readonly error: string | null; readonly nextAt: number }

/** Which artifacts to list, in the order of their ids. */
export interface ArtifactQuery {
  /** The key of their run. */
  readonly run?: number
  /** The path of the node that saved it; only with `run`. */
  readonly path?: string
  /** Its id, which rows keep when the run is deleted. */
  readonly runId?: string
  readonly states?: ReadonlyArray<ArtifactState>
  /** Only those after this one (for paging). */
  readonly after?: string
  /** Default 1,000. */
  readonly limit?: number
}

/** An artifact that is kept for a remembered result. */
export interface HeldArtifact {
  readonly artifact: string
  /** The result, by its cache and key. */
  readonly cache: string
  readonly key: string
  /** Its bytes as stored. */
  readonly size: number
  /** Whether it would be garbage without such results. */
  readonly isFree: boolean
}

/** What can be read of artifacts, and `collect`, by storage that answers at once. */
export interface ArtifactReadsNow {
  readonly get: (artifact: string) => ArtifactRow | undefined
  readonly list: (filter: ArtifactQuery) => ReadonlyArray<ArtifactRow>
  /** What `collect` would take now. */
  readonly collectable: (now: number, stores: ReadonlyArray<string>, limit: number) => ReadonlyArray<ArtifactRow>
  /** How much that is in all. */
  readonly totals: (now: number, stores: ReadonlyArray<string>) => { readonly count: number; readonly bytes: number }
  /**
   * Takes garbage (the rule is `run/garbage.ts`) and deletions that are to be tried again: they become `deleting`, in
   * this process's care
   * until it says how the deletion ended or dies. Only what is in these stores: a process that has others must not take
   * care of it.
   */
  readonly collect: (now: number, stores: ReadonlyArray<string>, limit: number) => ReadonlyArray<ArtifactRow>
  /** The places of all that is due or being deleted. */
  readonly places: () => ReadonlyArray<string>
  /** The earliest instant at which a deletion in these stores is to be tried again. */
  readonly nextDeletion: (stores: ReadonlyArray<string>) => number | undefined
  /** Each artifact that a remembered result has handles of, with each such result. */
  readonly held: () => ReadonlyArray<HeldArtifact>
  /** By key, the rows that name these keys of a store and whose bytes are not deleted. */
  readonly named: (store: string, keys: ReadonlyArray<string>) => ReadonlyMap<string, ArtifactRow>
}

/** What artifacts are called. */
export interface ArtifactNames {
  /**
   * Identity of this state file: part of the keys of everything it saves, so that files that share a bucket never touch
   * each other's.
   */
  readonly file: string
  /** An id that no other artifact of this file has. */
  readonly nextId: () => string
  /**
   * Whether nothing was to be deleted, now or later, when the last end of a run was stored here: so that whoever
   * looks after each end need not ask. Only where storage has found that out in the same commit.
   */
  readonly isClean?: () => boolean
  /**
   * Calls back once all artifacts of the runs that were deleted here are marked: at once where that is so. Only where
   * storage does it in pieces; also when it is closed or cannot go on.
   */
  readonly whenMarked?: (then: () => void) => void
}
