/**
 * A connection that is opened when it is needed and opened again when it was lost. What is asked is asked again until
 * it is answered, so only statements may be sent that do no harm when they were done before.
 *
 * Owns: one session at a time, how long to try. Does not own: what is asked.
 * Invariant: questions are sent in the order they are asked.
 */
import type { JournalError } from "../journal/JournalError.ts"
import { closedError } from "../journal/refusals.ts"
import type { Connect, PgRow, PgSession } from "./PgSession.ts"
import { isLost, isPassing, storageError, unreachableError } from "./pgError.ts"

/** A connection that comes back. */
export class Link {
  readonly #connect: Connect
  readonly #patience: number
  readonly #pause: (millis: number) => Promise<void>
  #session: Promise<PgSession> | undefined = undefined
  #closed: JournalError | undefined = undefined

  /**
   * `connect` opens a session that is ready; `patience` are the milliseconds for which a question is tried, with pauses
   * between the tries.
   */
  constructor(connect: Connect, patience: number, between: (millis: number) => Promise<void> = pause) {
    this.#pause = between
    this.#connect = connect
    this.#patience = patience
  }

  /** Asks until there is an answer; fails with `JournalError`. */
  async query(text: string, values: ReadonlyArray<unknown> = []): Promise<ReadonlyArray<PgRow>> {
    const begun = performance.now()
    let wasLate = false
    for (let tries = 0;; tries++) {
      try {
        const session = await this.#open()
        return await session.query(text, values)
      } catch (error) {
        if (this.#closed !== undefined) throw this.#closed
        if (!isLost(error) && !isPassing(error)) throw passOn(error)
        const waited = performance.now() - begun
        // Where this process itself stood still the server has had no time to answer, so it gets one more try.
        if (waited > this.#patience && wasLate) throw unreachableError(waited, error)
        wasLate = waited > this.#patience
        await this.#pause(Math.min(10 * 2 ** tries, 250))
      }
    }
  }

  /** Ends the session; questions without an answer fail with this error. */
  async close(error: JournalError = closedError()): Promise<void> {
    this.#closed ??= error
    const session = await this.#session?.catch(() => undefined)
    await session?.close().catch(() => {})
  }

  #open(): Promise<PgSession> {
    if (this.#closed !== undefined) throw this.#closed
    return this.#session ??= this.#made()
  }

  /** A session is forgotten when it ends, and never by what became of another one. */
  #made(): Promise<PgSession> {
    const made = this.#connect()
    const forget = (): void => {
      if (this.#session === made) this.#session = undefined
    }
    made.then((session) => session.onEnd(forget), forget)
    return made
  }
}

/** Errors that callers tell apart by their codes stay as they are. */
const passOn = (error: unknown): unknown => {
  const { code = "" } = error as { readonly code?: string }
  return code === "23505" || code.startsWith("PN") ? error : storageError(error)
}

/** Waits; a process that has nothing else to do stays alive for it. */
export const pause = (millis: number): Promise<void> => new Promise((resume) => setTimeout(resume, millis))

/**
 * Waits while this process runs, in four steps. Each is late by a little on a busy machine, which counts; what it stood
 * still meanwhile counts as half a step and no more.
 */
export const pauseAwake = async (
  millis: number,
  wait: (millis: number) => Promise<void> = pause,
  now: () => number = () => performance.now()
): Promise<void> => {
  const step = millis / 4
  for (let left = millis; left > 0;) {
    const begun = now()
    await wait(Math.min(step, left))
    left -= Math.min(now() - begun, 1.5 * step)
  }
}
