/** The formats of archives. */
import type { ArchiveBounds } from "./archiveBounds.ts"

/** How files become bytes: a single file as it is, or files, directories and links in an archive. */
export type ArchiveFormat = "none" | "tar" | "tar+gzip" | "zip"

/** The formats, in the order in which they are listed to people. */
export const archiveFormats: ReadonlyArray<ArchiveFormat> = ["none", "tar", "tar+gzip", "zip"]

/** How a file or directory is packed. */
export interface PackOptions {
  /** Default `tar+gzip`. */
  readonly format?: ArchiveFormat
  /** Compression from 0 (none) to 9 (smallest); default 6. Of no matter for `none` and `tar`. */
  readonly level?: number
  /** What the one entry at the top of the archive is called; default the last name of the path. */
  readonly name?: string
}

/** How an archive is unpacked. */
export interface UnpackOptions {
  /** Default `tar+gzip`. */
  readonly format?: ArchiveFormat
  /** Bounds that differ from `defaultArchiveBounds`. */
  readonly bounds?: Partial<ArchiveBounds>
  /** A file or directory in what was packed; only this is kept. */
  readonly subPath?: string
}

/** What was unpacked. */
export interface Unpacked {
  /** What the destination is now. */
  readonly kind: "file" | "directory"
  /** Entries of the archive. */
  readonly entries: number
  /** Bytes of all files. */
  readonly bytes: number
}
