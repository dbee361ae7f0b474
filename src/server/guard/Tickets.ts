/**
 * Links to one file for those that cannot send a header: downloads, images, frames.
 *
 * Owns: tickets that were given out and have not run out.
 * Does not own: what a ticket shows; that is asked again when it is used.
 *
 * Invariants
 * - A ticket opens one path, with GET, for a minute; nobody can guess it, and it opens nothing else.
 * - There are at most 1,000; the oldest goes first.
 */
import { randomBytes } from "node:crypto"

/** How long a ticket opens its file, in milliseconds. */
const TICKET_LIFE = 60_000
const most = 1_000

interface Ticket {
  readonly target: string
  readonly until: number
}

/** The tickets of one server. */
export class Tickets {
  readonly #known = new Map<string, Ticket>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** A new ticket for a path and query of this server. */
  give(target: string): { readonly id: string; readonly expires: number } {
    const id = randomBytes(16).toString("base64url")
    const until = this.#now() + TICKET_LIFE
    this.#known.set(id, { target, until })
    if (this.#known.size > most) this.#known.delete(this.#known.keys().next().value!)
    return { id, expires: until }
  }

  /** What a ticket opens, as long as it does. */
  target(id: string): string | undefined {
    const ticket = this.#known.get(id)
    if (ticket === undefined) return undefined
    if (ticket.until >= this.#now()) return ticket.target
    this.#known.delete(id)
    return undefined
  }
}
