/** What is in an archive. */

/** A file or folder of it. */
export interface Entry {
  readonly name: string
  readonly isFolder: boolean
  /** Absent where the archive does not tell it in short. */
  readonly size?: number
  /** When it was changed, in milliseconds since the epoch; 0 where that is not told. */
  readonly at: number
}

/** Reads bytes from one place up to another. */
export type Read = (from: number, to: number) => Promise<Uint8Array<ArrayBuffer>>
