/**
 * The streams that clients read at the moment.
 *
 * Owns: how many there are, and the end of all of them when the server closes.
 * Does not own: what they carry.
 *
 * Invariants
 * - There are never more than the bound; a client that comes then is told to come again.
 * - A stream whose client is gone, or that has ended, is no longer counted.
 */

/** What a stream is told. */
export interface StreamEnd {
  /** Ends it, after what is already on its way. */
  readonly end: () => void
}

/** The open streams of one server. */
export class OpenStreams {
  readonly #open = new Set<StreamEnd>()
  readonly #most: number
  #closed = false

  constructor(most: number) {
    this.#most = most
  }

  /** How many there are. */
  get count(): number {
    return this.#open.size
  }

  /** Whether there is room for one more. */
  get hasRoom(): boolean {
    return !this.#closed && this.#open.size < this.#most
  }

  /** Counts a stream until the returned function is called. */
  add(stream: StreamEnd): () => void {
    this.#open.add(stream)
    return () => this.#open.delete(stream)
  }

  /** Ends all, and lets no other begin. */
  close(): void {
    this.#closed = true
    for (const stream of [...this.#open]) stream.end()
  }
}
