/** How much an archive may hold, and the count that is kept while it is unpacked. */

/** The bounds of one archive. Past one of them unpacking fails and nothing of it stays. */
export interface ArchiveBounds {
  /** Files, directories and links; each costs an inode and about 200 bytes of memory. */
  readonly entries: number
  /** Bytes of all files together: what the disk has to give at most. */
  readonly bytes: number
  /**
   * Bytes unpacked for each byte read, once more than 1 MiB was unpacked. Deflate reaches 1,032; more needs a trick.
   */
  readonly ratio: number
}

/** The default bounds: a million entries, 64 GiB, and the ratio that an honest archive can reach. */
export const defaultArchiveBounds: ArchiveBounds = { entries: 1_000_000, bytes: 64 * 1024 ** 3, ratio: 1_100 }

const freeBytes = 1024 * 1024

/**
 * What was read and unpacked so far. Each method answers what bound is passed, as a sentence; undefined when none is.
 */
export class ArchiveMeter {
  readonly #bounds: ArchiveBounds
  #entries = 0
  #unpacked = 0
  #read = 0

  constructor(bounds: ArchiveBounds) {
    this.#bounds = bounds
  }

  /** Entries so far. */
  get entries(): number {
    return this.#entries
  }

  /** Bytes unpacked so far. */
  get unpacked(): number {
    return this.#unpacked
  }

  /** Counts bytes of the archive itself. */
  read(bytes: number): void {
    this.#read += bytes
  }

  /** Counts one entry. */
  entry(): string | undefined {
    this.#entries++
    if (this.#entries <= this.#bounds.entries) return undefined
    return `the archive holds more than ${this.#bounds.entries} entries. Raise the bound "entries" if that is right`
  }

  /** Counts bytes of a file. */
  bytes(bytes: number): string | undefined {
    this.#unpacked += bytes
    if (this.#unpacked > this.#bounds.bytes) {
      return `the archive unpacks to more than ${this.#bounds.bytes} bytes. Raise the bound "bytes" if that is right`
    }
    if (this.#unpacked <= freeBytes + this.#bounds.ratio * this.#read) return undefined
    return `the archive unpacks to more than ${this.#bounds.ratio} times its size. Raise the bound "ratio" if that is right`
  }
}
