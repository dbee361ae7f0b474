/** Artifacts as rows: where bytes are, which attempt saved them, and what is to become of them. */
import type { ArtifactGC } from "../workflow/Artifact.ts"

/**
 * `live`: readable. `due`: nothing of its own run needs it any more.
 * `deleting`: chosen for deletion; from here on it cannot be read.
 * `deleted`: gone. `failed`: cannot be deleted, `error` says why; asked for again it is `deleting`.
 */
export type ArtifactState = (typeof ARTIFACT_STATES)[number]

/** Every state. */
export const ARTIFACT_STATES = ["live", "due", "deleting", "deleted", "failed"] as const

/** What an attempt saved. */
export interface SavedArtifact {
  readonly artifact: string
  readonly name: string
  readonly kind: "file" | "directory"
  readonly archive: "none" | "tar" | "tar+gzip" | "zip"
  /** Where its bytes are: the place of a store. Only an engine that has this very store reads or deletes them. */
  readonly store: string
  readonly key: string
  readonly size: number
  readonly sha256: string
  readonly mediaType: string
  readonly gc: ArtifactGC
}

/** One artifact. Instants are milliseconds since the epoch. */
export interface ArtifactRow extends SavedArtifact {
  readonly run: number
  /** The id of the run, which may be deleted while its bytes are still there. */
  readonly runId: string
  readonly path: string
  readonly attempt: number
  readonly state: ArtifactState
  /** Whether somebody wants it kept whatever its strategy says. */
  readonly pinned: boolean
  readonly error: string | null
  /** Deletions that failed. */
  readonly tries: number
  /** The instant of the next deletion; 0 when there is none. */
  readonly nextAt: number
  readonly createdAt: number
}

/** The row of an artifact when it is saved. */
export const savedRow = (
  saved: SavedArtifact,
  where: Pick<ArtifactRow, "run" | "runId" | "path" | "attempt" | "createdAt">
): ArtifactRow => ({ ...saved, ...where, state: "live", pinned: false, error: null, tries: 0, nextAt: 0 })

/** Whether its bytes can be read. */
export const isReadable = ({ state }: ArtifactRow): boolean => state === "live" || state === "due"
