/**
 * Events of runs as text, as many clients ask for them at once: clients that follow the same run from the same
 * place are sent the same text.
 *
 * Owns: some pages that were read last. Does not own: events, which the journal has.
 *
 * Invariants
 * - A page is never wrong: events do not change, so what was read once can only be too short.
 * - There are at most 64 pages of at most 500 events.
 */
import type { Engine } from "../../engine/Engine.ts"
import type { Recorded } from "../../run/Event.ts"
import { eventsAfter } from "../reads.ts"

/** Some events in a row. */
export interface EventPage {
  /** The sequence number of the last one. */
  readonly seq: number
  /** One event each, as JSON of `{ run, seq, at, event }`. */
  readonly events: ReadonlyArray<string>
  /** The number and the type of each, for those who name events. */
  readonly names: ReadonlyArray<{ readonly seq: number; readonly type: string }>
}

const most = 64
const length = 500

/** The pages of one server. */
export class EventPages {
  readonly #engine: Engine
  readonly #pages = new Map<string, EventPage>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** The events of a run after a number; `undefined` when there are none yet. */
  async after(run: number, seq: number): Promise<EventPage | undefined> {
    const name = `${run}:${seq}`
    const known = this.#pages.get(name)
    if (known !== undefined) return known
    const found = await eventsAfter(this.#engine, run, seq, length)
    if (found.length === 0) return undefined
    const page = pageOf(found)
    this.#pages.set(name, page)
    if (this.#pages.size > most) this.#pages.delete(this.#pages.keys().next().value!)
    return page
  }
}

const pageOf = (found: ReadonlyArray<Recorded>): EventPage => ({
  seq: found.at(-1)!.seq,
  events: found.map((it) => JSON.stringify(it)),
  names: found.map(({ event, seq }) => ({ seq, type: event.type }))
})
