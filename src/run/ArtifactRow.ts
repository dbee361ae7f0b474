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
  /** The id of the artifact. */
  readonly artifact: string
  /** The name under which its task saved it. */
  readonly name: string
  /** Whether it is one file or a directory. */
  readonly kind: "file" | "directory"
  /** How its bytes are packed. */
  readonly archive: "none" | "tar" | "tar+gzip" | "zip"
  /** Where its bytes are: the place of a store. Only an engine that has this very store reads or deletes them. */
  readonly store: string
  /** Where its bytes are within the store. */
  readonly key: string
  /** The size as stored, in bytes. */
  readonly size: number
  /** The SHA-256 digest of the stored bytes, in hexadecimal digits. */
  readonly sha256: string
  /** What its bytes are, as a media type. */
  readonly mediaType: string
  /** When its bytes are deleted, as its strategy says. */
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
