/** What is known of a run: its rows, and the events that they name. */
import type { Event } from "./Event.ts"
import type { Rows } from "./evolve.ts"

/** A run as far as its event `seq`. */
export interface RunFacts {
  readonly rows: Rows
  readonly seq: number
  /** Events that rows name (`inputSeq`, `signalSeq`, `resultSeq`) by their numbers, as far as they were asked for. */
  readonly events: ReadonlyMap<number, Event>
}
