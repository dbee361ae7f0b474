/**
 * Finds out that processes have died. Each waits for the lock of the next one in the ring of numbers; when it is
 * granted, something is wrong with it. Whoever is absent then, and still is after the grace, is declared dead: a server
 * that was restarted has ended everybody's sessions, and the living are back within the grace.
 *
 * Owns: the session that waits. Does not own: what the death of a process means (`schema/owners.ts`).
 */
import { fencedError } from "../journal/refusals.ts"
import type { JournalError } from "../journal/JournalError.ts"
import { pauseAwake } from "./Link.ts"
import type { Connect, PgRow, PgSession } from "./PgSession.ts"

/** What a ring needs. */
export interface RingOptions {
  readonly connect: Connect
  readonly self: number
  /** Milliseconds for which a process may be absent. */
  readonly grace: number
  readonly lost: (error: JournalError) => void
}

/** A wait holds back the server's cleaning, so it is ended and begun again. */
const longestWait = 30_000

const lock = "hashtext(current_schema())"

/** One process's place in the ring. */
export class Ring {
  readonly #options: RingOptions
  #session: PgSession | undefined = undefined
  /** The server's number of its process, which is another one than the session was told where a pooler is between. */
  #backend: unknown = undefined
  #wake: () => void = () => {}
  #isClosed = false
  #isWaiting = false
  #isChanged = false
  /** When its session was ended, which may have happened to all. */
  #cutAt = -Infinity

  constructor(options: RingOptions) {
    this.#options = options
    void this.#watch()
  }

  /** Somebody came or went: the next one may be another one. */
  async changed(): Promise<void> {
    this.#isChanged = true
    this.#wake()
    if (!this.#isWaiting || this.#session === undefined) return
    const backend = this.#backend
    const other = await this.#options.connect().catch(() => undefined)
    await other?.query("SELECT pg_cancel_backend($1)", [backend]).catch(() => {})
    await other?.close().catch(() => {})
  }

  /** Ends it. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#wake()
    // A session that waits for a lock does not hear that it is to end.
    await this.changed()
    await this.#session?.close().catch(() => {})
  }

  async #watch(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#look(this.#session ?? await this.#opened())
      } catch {
        // The session is lost, or the wait was ended: look again.
        if (!this.#isClosed) await this.#idle(Math.min(this.#options.grace, 200))
      }
    }
  }

  async #opened(): Promise<PgSession> {
    const session = await this.#options.connect()
    this.#session = session
    session.onEnd(() => {
      if (this.#session === session) this.#session = undefined
      this.#cutAt = performance.now()
    })
    try {
      const [row] = await session.query("SELECT pg_backend_pid() AS pid")
      this.#backend = row!["pid"]
      await session.query(`SET lock_timeout = ${longestWait}`)
      return session
    } catch (error) {
      await session.close().catch(() => {})
      throw error
    }
  }

  async #look(session: PgSession): Promise<void> {
    if (this.#isClosed) return void session.close().catch(() => {})
    this.#isChanged = false
    // A wait that was ended at the moment it was granted would leave the lock here, and the dead among the living.
    await session.query("SELECT pg_advisory_unlock_all()")
    const absent = await this.#absent(session)
    if (absent.length > 0) return this.#bury(session, absent)
    const [row] = await session.query(
      `SELECT id FROM processes WHERE id <> $1 ORDER BY id < $1, id LIMIT 1`,
      [this.#options.self]
    )
    if (row === undefined) return this.#idle(longestWait)
    if (this.#isChanged) return
    this.#isWaiting = true
    try {
      await session.wait(`SELECT pg_advisory_lock(${lock}, $1), pg_advisory_unlock(${lock}, $1)`, [row["id"]])
    } finally {
      this.#isWaiting = false
    }
  }

  async #absent(session: PgSession): Promise<ReadonlyArray<PgRow>> {
    return await session.query(
      "SELECT id, returns FROM processes WHERE id <> $1 AND id IN (SELECT absent())",
      [this.#options.self]
    )
  }

  async #bury(session: PgSession, absent: ReadonlyArray<PgRow>): Promise<void> {
    // When this session was ended just now, all may have been, and the others may need longer to come back.
    const { grace } = this.#options
    await pauseAwake(Math.max(grace, 5 * grace - (performance.now() - this.#cutAt)))
    if (this.#isClosed) return
    // Whoever was back meanwhile and is absent again has a grace of its own.
    const [row] = await session.query("SELECT bury($1, $2::int[], $3::int[]) AS buried", [
      this.#options.self,
      absent.map(({ id }) => id),
      absent.map(({ returns }) => returns)
    ])
    if (row!["buried"] === null) {
      this.#isClosed = true
      this.#options.lost(fencedError(this.#options.self))
    }
  }

  #idle(millis: number): Promise<void> {
    if (this.#isChanged || this.#isClosed) return Promise.resolve()
    return new Promise((resume) => {
      const timer = setTimeout(resume, millis)
      timer.unref()
      this.#wake = () => {
        clearTimeout(timer)
        resume()
      }
    })
  }
}
