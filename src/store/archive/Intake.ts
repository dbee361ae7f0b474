/**
 * Hands chunks from one who pushes to one who pulls, one at a time.
 *
 * Owns: the chunk that is on its way. Does not own: either side.
 * Invariant: `write` answers when the chunk was taken; after `stop` nobody waits any more.
 */
export class Intake implements AsyncIterable<Uint8Array> {
  #chunk: Uint8Array | undefined
  #ended = false
  #stopped: { readonly reason: unknown } | undefined
  #wakeReader: () => void = () => {}
  #wakeWriter: () => void = () => {}

  /** Gives a chunk; throws the reason when the reader has stopped. */
  async write(chunk: Uint8Array): Promise<void> {
    if (this.#stopped !== undefined) throw this.#stopped.reason
    if (chunk.length === 0) return
    this.#chunk = chunk
    this.#wakeReader()
    await new Promise<void>((resolve) => this.#wakeWriter = resolve)
    if (this.#stopped !== undefined) throw (this.#stopped as { readonly reason: unknown }).reason
  }

  /** Says that there is no more. */
  end(): void {
    this.#ended = true
    this.#wakeReader()
  }

  /** Ends both sides: the reader and later writes throw the reason. */
  stop(reason: unknown): void {
    this.#stopped ??= { reason }
    this.#wakeReader()
    this.#wakeWriter()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.#stopped !== undefined) throw this.#stopped.reason
      if (this.#chunk !== undefined) {
        const chunk = this.#chunk
        this.#chunk = undefined
        yield chunk
        this.#wakeWriter()
      } else if (this.#ended) return
      else await new Promise<void>((resolve) => this.#wakeReader = resolve)
    }
  }
}
