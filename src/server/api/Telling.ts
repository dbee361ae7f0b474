/**
 * What a command tells its client, line by line, as fast as the client reads.
 *
 * Owns: lines that the client has not read yet.
 * Does not own: the command; it is ended by whoever made it, once it is told to.
 *
 * Invariants
 * - At most `most` bytes wait for one client, and at most twice that for all: a command that tells more ends.
 * - The last line is the code, whatever happened before; a client that left is told nothing.
 */

/** The most bytes that wait for one client. */
const most = 64 * 1024 * 1024
/** How many lines a client is given at once. */
const atOnce = 64

/** How many bytes wait for all clients of a server. */
export class Backlog {
  readonly #most: number
  #bytes = 0

  constructor(bytes: number = 2 * most) {
    this.#most = bytes
  }

  /** Takes some in, if there is room. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.#most) return false
    this.#bytes += bytes
    return true
  }

  /** They were read, or nobody will read them. */
  free(bytes: number): void {
    this.#bytes -= bytes
  }
}

type Controller = ReadableStreamDefaultController<Uint8Array>

/** What one command tells. */
export class Telling {
  readonly #backlog: Backlog
  readonly #most: number
  readonly #encoder = new TextEncoder()
  #lines: Array<Uint8Array> = []
  #bytes = 0
  #isOver = false
  #isCut = false
  #isLeft = false
  #wake = (): void => {}

  constructor(backlog: Backlog, bytes: number = most) {
    this.#backlog = backlog
    this.#most = bytes
  }

  /** Tells a line; answers whether there was room for it. */
  tell(line: object): boolean {
    if (this.#isOver || this.#isCut) return false
    const bytes = this.#encoder.encode(`${JSON.stringify(line)}\n`)
    this.#isCut = this.#bytes + bytes.byteLength > this.#most || !this.#backlog.take(bytes.byteLength)
    if (!this.#isCut) this.#add(bytes)
    return !this.#isCut
  }

  /** Tells the last lines, for which there is always room. */
  end(...lines: ReadonlyArray<object>): void {
    if (this.#isOver) return
    this.#isOver = true
    const bytes = this.#encoder.encode(lines.map((it) => `${JSON.stringify(it)}\n`).join(""))
    // They are short, and the last.
    this.#backlog.free(-bytes.byteLength)
    this.#add(bytes)
  }

  /** The client went away: nothing waits for it any more. */
  leave(): void {
    this.#isOver = true
    this.#isLeft = true
    this.#backlog.free(this.#bytes)
    this.#bytes = 0
    this.#lines = []
    this.#wake()
  }

  /** Gives the client what there is, once there is something. */
  async pull(controller: Controller): Promise<void> {
    if (this.#lines.length === 0 && !this.#isOver) await new Promise<void>((resolve) => this.#wake = resolve)
    if (this.#isLeft) return
    for (const line of this.#lines.splice(0, atOnce)) {
      this.#bytes -= line.byteLength
      this.#backlog.free(line.byteLength)
      controller.enqueue(line)
    }
    if (this.#isOver && this.#lines.length === 0) controller.close()
  }

  #add(bytes: Uint8Array): void {
    this.#lines.push(bytes)
    this.#bytes += bytes.byteLength
    this.#wake()
  }
}
