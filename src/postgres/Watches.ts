/**
 * Who looks at what others commit: this process at theirs, and others at its own.
 *
 * Owns: the row of this process in `watches`, who is told of its commits and how often.
 * Does not own: what a watcher does then.
 */
import type { Asker } from "./Reader.ts"

/**
 * Milliseconds between two notices to the same watcher: they say only that something has changed. A change that comes
 * just after a notice waits for all of it.
 */
const pace = 10

/** The watches of one process. */
export class Watches {
  readonly #ask: Asker
  readonly #self: number
  #count = 0
  #others: ReadonlyArray<number> = []
  #last: Promise<unknown> = Promise.resolve()
  #pause: NodeJS.Timeout | undefined = undefined
  #isDue = false

  constructor(ask: Asker, self: number) {
    this.#ask = ask
    this.#self = self
    this.refresh()
  }

  /** Whether this process watches. */
  get isOpen(): boolean {
    return this.#count > 0
  }

  /** Begins to watch, until the returned function is called. */
  add(): () => void {
    if (this.#count++ === 0) this.renew()
    let isOpen = true
    return () => {
      if (isOpen && --this.#count === 0) this.renew()
      isOpen = false
    }
  }

  /** Tells the others again whether this process watches. */
  renew(): void {
    this.#later(async () => {
      const sql = this.isOpen
        ? "INSERT INTO watches VALUES ($1) ON CONFLICT DO NOTHING"
        : "DELETE FROM watches WHERE process = $1"
      await this.#ask.all(sql, this.#self)
      await this.#ask.all("SELECT pg_notify(channel_of(NULL), 'watching')")
    })
    this.refresh()
  }

  /** Somebody began or ended to watch. */
  refresh(): void {
    this.#later(async () => {
      const rows = await this.#ask.all("SELECT process FROM watches WHERE process <> $1", this.#self)
      const known = new Set(this.#others)
      this.#others = rows.map(({ process }) => process as number)
      // What was committed before this process knew of them is told to them now.
      await this.#notify(this.#others.filter((it) => !known.has(it)))
    })
  }

  /** This process has committed something. */
  committed(): void {
    if (this.#others.length === 0) return
    this.#isDue = true
    if (this.#pause === undefined) this.#tell()
  }

  /** Tells nobody any more. */
  close(): void {
    clearTimeout(this.#pause)
    this.#others = []
  }

  #tell(): void {
    this.#pause = undefined
    if (!this.#isDue || this.#others.length === 0) return
    this.#isDue = false
    this.#pause = setTimeout(() => this.#tell(), pace)
    this.#notify(this.#others).catch(() => {})
  }

  async #notify(watchers: ReadonlyArray<number>): Promise<void> {
    if (watchers.length === 0) return
    await this.#ask.all("SELECT pg_notify(channel_of(id), 'foreign') FROM unnest($1::int[]) AS id", watchers)
  }

  /** One after the other; what fails because the server is gone is done again when it is back. */
  #later(job: () => Promise<void>): void {
    this.#last = this.#last.then(job).catch(() => {})
  }
}
