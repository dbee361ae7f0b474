/**
 * Links to one file for those that cannot send a header: downloads, images, frames.
 *
 * Owns: tickets that were given out and have not run out.
 * Does not own: what a ticket shows; that is asked again when it is used.
 *
 * Invariants
 * - A ticket opens one path, with GET, for a minute; nobody can guess it, and it opens nothing else.
 * - One name has at most 200, all together 10,000; the oldest goes first, and that of the same name before others.
 */
import { randomBytes } from "node:crypto"

/** How long a ticket opens its file, in milliseconds. */
const TICKET_LIFE = 60_000
const mostOfOne = 200
const most = 10_000

interface Ticket {
  readonly who: string
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

  /** A new ticket of somebody for a path and query of this server. */
  give(who: string, target: string): { readonly id: string; readonly expires: number } {
    const own = [...this.#known].filter(([, ticket]) => ticket.who === who)
    const oldest = own.length >= mostOfOne ? own[0]![0] : this.#known.keys().next().value
    if (own.length >= mostOfOne || this.#known.size >= most) this.#known.delete(oldest!)
    const id = randomBytes(16).toString("base64url")
    const until = this.#now() + TICKET_LIFE
    this.#known.set(id, { who, target, until })
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
