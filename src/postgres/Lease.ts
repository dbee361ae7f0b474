/**
 * This process as others see it: a number, a session that holds its lock, and what they tell it.
 *
 * The server ends a session that is silent for the time of the lease, and frees its lock: so it finds out by itself who
 * is gone, and no clocks of two machines are compared. A session that was lost is opened again at once; within the
 * grace that others grant nothing has happened then.
 *
 * Owns: the session with the lock, its beat, the notices that come over it. Does not own: who is declared dead
 * (`Ring.ts`), what notices mean.
 */
import process from "node:process"
import { hostname } from "node:os"
import { fencedError } from "../journal/refusals.ts"
import type { JournalError } from "../journal/JournalError.ts"
import { pause } from "./Link.ts"
import { isLost, isPassing, rewoundError, storageError, unreachableError } from "./pgError.ts"
import type { Connect, PgRow, PgSession } from "./PgSession.ts"

/** What a lease needs. */
export interface LeaseOptions {
  /** Opens a session in the schema. */
  readonly connect: Connect
  /** Milliseconds of silence after which the server ends the session. */
  readonly lease: number
  /** Hears the payload of each notification. */
  readonly told: (payload: string) => void
  /** The session is new: whatever was told meanwhile was missed. */
  readonly back: () => void
  /** The number of the latest change that the server has acknowledged. */
  readonly acknowledged: () => number
  /** The process may not go on: it was declared dead, or cannot tell that it is alive. */
  readonly lost: (error: JournalError) => void
}

/** The server's own detection of peers that are gone, in seconds and milliseconds. */
const settings = (lease: number): string =>
  [
    `SET idle_session_timeout = ${lease}`,
    `SET idle_in_transaction_session_timeout = ${lease}`,
    `SET tcp_user_timeout = ${lease}`,
    "SET tcp_keepalives_idle = 1",
    "SET tcp_keepalives_interval = 1",
    "SET tcp_keepalives_count = 3"
  ].join("; ")

const lock = "hashtext(current_schema())"

/**
 * One statement: its row is seen with its lock held, and whoever keeps the table for itself gets no late numbers.
 * Changes are counted from anywhere: after a failover to a replica that was behind, a number may be given to two
 * processes, and then nothing of one is taken for what the other did.
 */
const register = `INSERT INTO processes (id, pid, host, "openedAt", "group")
  SELECT n.id, $1, $2, clock()::int8, floor(random() * 1e12) FROM (SELECT nextval('process_ids')::int AS id OFFSET 0) n,
    LATERAL pg_advisory_lock(${lock}, n.id) RETURNING id, "openedAt", "group" AS first`

/** The registration of a process. */
export class Lease {
  /** This process's number. */
  readonly self: number
  /** The number of which that of its first change is the next one. */
  readonly first: number
  readonly #openedAt: unknown
  readonly #options: LeaseOptions
  #session: PgSession
  #beat: NodeJS.Timeout | undefined = undefined
  #isClosed = false

  private constructor({ first, id, openedAt }: PgRow, session: PgSession, options: LeaseOptions) {
    this.self = id as number
    this.first = first as number
    this.#openedAt = openedAt
    this.#session = session
    this.#options = options
    this.#keep(session)
  }

  /** Registers this process: its row is there only while its lock is held, or after it died. */
  static async take(options: LeaseOptions): Promise<Lease> {
    const session = await options.connect()
    try {
      await session.query(settings(options.lease))
      const [row] = await session.query(register, [process.pid, hostname()])
      await listen(session, row!["id"])
      await session.query("SELECT pg_notify(channel_of(NULL), 'joined ' || $1::int)", [row!["id"]])
      return new Lease(row!, session, options)
    } catch (error) {
      await session.close().catch(() => {})
      throw error
    }
  }

  /** Ends the session; the lock is free then. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#beat)
    await this.#session.close().catch(() => {})
  }

  #keep(session: PgSession): void {
    session.onNotice((payload) => {
      if (!this.#isClosed) this.#options.told(payload)
    })
    const beat = setInterval(() => this.#ask(session), this.#options.lease / 3)
    beat.unref()
    this.#beat = beat
    session.onEnd(() => {
      clearInterval(beat)
      if (!this.#isClosed) void this.#reopen()
    })
  }

  #ask(session: PgSession): void {
    let isAnswered = false
    const answered = (): void => void (isAnswered = true)
    session.query("SELECT 1").then(answered, answered)
    const late = (): void => {
      if (!isAnswered && !this.#isClosed) this.#options.lost(unreachableError(this.#options.lease / 2, undefined))
    }
    // Where this process itself stood still the answer is there, and only has to be read.
    setTimeout(() => setTimeout(late, 100).unref(), this.#options.lease / 2).unref()
  }

  async #reopen(): Promise<void> {
    const begun = performance.now()
    let wasLate = false
    for (let tries = 0; !this.#isClosed; tries++) {
      try {
        return await this.#takeAgain()
      } catch (error) {
        const waited = performance.now() - begun
        if (!isLost(error) && !isPassing(error)) return this.#options.lost(storageError(error))
        // Bodies have to end before others may begin them again.
        const isLate = waited > this.#options.lease / 2
        if (isLate && wasLate) return this.#options.lost(unreachableError(waited, error))
        wasLate = isLate
        await pause(Math.min(10 * 2 ** tries, 250))
      }
    }
  }

  async #takeAgain(): Promise<void> {
    const session = await this.#options.connect()
    try {
      await session.query(settings(this.#options.lease))
      // The server may not have noticed yet that the session before is gone.
      await session.query("SET lock_timeout = 1000")
      await session.query(`SELECT pg_advisory_lock(${lock}, $1)`, [this.self])
      await this.#recognise(session)
      await listen(session, this.self)
    } catch (error) {
      await session.close().catch(() => {})
      throw error
    }
    if (this.#isClosed) return void session.close().catch(() => {})
    this.#session = session
    this.#keep(session)
    this.#options.back()
  }

  /** The server may have declared this process dead, or be another one that has not heard of all that it did. */
  async #recognise(session: PgSession): Promise<void> {
    // Changes go on over another session: what is acknowledged while this answer is on its way is not in it.
    const acknowledged = this.#options.acknowledged()
    const [row] = await session.query(
      `UPDATE processes SET returns = returns + 1
        WHERE id = $1 AND pid = $2 AND host = $3 AND "openedAt" = $4 RETURNING "group" AS known`,
      [this.self, process.pid, hostname(), this.#openedAt]
    )
    if (row === undefined) throw fencedError(this.self)
    if (row["known"] as number < acknowledged) throw rewoundError()
  }
}

const listen = async (session: PgSession, self: unknown): Promise<void> => {
  const [row] = await session.query("SELECT channel_of(NULL) AS all, channel_of($1) AS own", [self])
  await session.query(`LISTEN ${row!["all"]}; LISTEN ${row!["own"]}`)
}
