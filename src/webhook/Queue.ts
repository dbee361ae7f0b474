/**
 * Letters that are due, by their addresses, in memory: so that the end of one request leads to the next without reading
 * all that wait.
 *
 * Invariant: what does not fit is not lost. It is in the state file, and `isMore` says that somebody has to look there.
 */
import type { Letter } from "./Webhook.ts"

/** A letter as the state file has it. */
export interface Due {
  readonly letter: Letter
  readonly data: string
}

/** The most that are held of one address. */
const most = 1_000

/** What is due. */
export class Queue {
  readonly #due = new Map<string, Array<Due>>()
  readonly #more = new Set<string>()

  /** Adds one behind the others of its address. */
  add(due: Due): void {
    const { to } = due.letter
    const others = this.#due.get(to)
    if (others === undefined) this.#due.set(to, [due])
    else if (others.length < most) others.push(due)
    else this.#more.add(to)
  }

  /** Takes the first one of an address. */
  next(to: string): Due | undefined {
    const due = this.#due.get(to)
    const first = due?.shift()
    if (due?.length === 0) this.#due.delete(to)
    return first
  }

  /** Whether more of an address wait than were held; asked once it is empty, and forgotten then. */
  isMore(to: string): boolean {
    return this.#more.delete(to)
  }

  /** Forgets all, since somebody looks. */
  clear(): void {
    this.#due.clear()
    this.#more.clear()
  }
}
