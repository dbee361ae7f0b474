/**
 * What this process changes, one change after the other, each with its number: so that the server makes each once and
 * in order, and none of a process that was declared dead.
 *
 * Owns: the numbers. Does not own: the connection, what a change is.
 */
import { JournalError } from "../journal/JournalError.ts"
import { fencedError } from "../journal/refusals.ts"
import type { Link } from "./Link.ts"
import { rewoundError } from "./pgError.ts"

/** What a change answers. */
export interface Changed {
  readonly state: "new" | "again" | "fenced" | "gap"
  readonly value?: unknown
  readonly news?: News | null
  /** Whether something of deleted runs is left to delete. */
  readonly left?: boolean
}

/** Grants that a process has not been told of, and instants of rates that it waits for. */
export interface News {
  readonly grants: ReadonlyArray<{ readonly run: number; readonly path: string; readonly granted: number }> | null
  readonly refills: ReadonlyArray<{ readonly name: string; readonly at: number }> | null
}

/** The changes of one process. */
export class Changes {
  readonly #link: Pick<Link, "query">
  readonly #self: number
  #number: number
  /** Whether a change was made is not known: the next one could be taken for it. */
  #broken: JournalError | undefined = undefined
  #last: Promise<unknown> = Promise.resolve()

  /** `first` is the number of which the first change is the next one. */
  constructor(link: Pick<Link, "query">, self: number, first: number) {
    this.#link = link
    this.#self = self
    this.#number = first
  }

  /** The number of the latest change that the server has acknowledged. */
  get acknowledged(): number {
    return this.#number
  }

  /** Makes a change by a function of the schema, whose first values are this process and the number of the change. */
  make(name: string, values: ReadonlyArray<unknown>): Promise<Changed> {
    const made = this.#last.then(() => this.#make(name, values))
    this.#last = made.catch(() => {})
    return made
  }

  async #make(name: string, values: ReadonlyArray<unknown>): Promise<Changed> {
    if (this.#broken !== undefined) throw this.#broken
    try {
      return await this.#ask(name, values)
    } catch (error) {
      if (error instanceof JournalError && !error.concernsOneAppend) this.#broken = error
      throw error
    }
  }

  async #ask(name: string, values: ReadonlyArray<unknown>): Promise<Changed> {
    const number = this.#number + 1
    const places = [1, 2, ...values.map((_, at) => at + 3)].map((at) => `$${at}`)
    const sql = `SELECT ${name}(${places.join(", ")}) AS changed`
    const [row] = await this.#link.query(sql, [this.#self, number, ...values])
    const changed = row!["changed"] as Changed
    if (changed.state === "fenced") throw fencedError(this.#self)
    if (changed.state === "gap") throw rewoundError()
    this.#number = number
    return changed
  }
}
