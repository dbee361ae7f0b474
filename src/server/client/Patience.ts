/**
 * How a client goes on when its server could not be heard: which failures pass, and how long it waits before it asks
 * again.
 *
 * Owns: the next pause. Does not own: what is asked.
 *
 * Invariants
 * - Pauses double up to the longest, and begin anew once the server was heard.
 */
import { ServerError } from "./Wire.ts"

/** The first and the longest pause, in milliseconds. */
const pauses = { first: 200, longest: 10_000 }

/** Statuses after which the next answer may be another one; 0 means that there was none. */
const passing = new Set([0, 408, 425, 429, 502, 503, 504])

/** Whether it may be otherwise the next time: nobody was reached, had room, or had an answer in time. */
export const isPassing = (error: unknown): boolean =>
  error instanceof ServerError
    ? passing.has(error.status)
    : error instanceof TypeError || (error as { readonly name?: unknown }).name === "AbortError"

/** The pauses of one client that asks again and again. */
export class Patience {
  #next = pauses.first

  /** The server was heard. */
  renew(): void {
    this.#next = pauses.first
  }

  /** Waits before the next question. */
  async pause(): Promise<void> {
    const pause = this.#next
    this.#next = Math.min(pause * 2, pauses.longest)
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}
