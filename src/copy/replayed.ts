/** What the events that are left of a run give. Pure. */
import type { Recorded } from "../run/Event.ts"
import { asEvent } from "../run/eventSchema.ts"
import { fold, type Rows } from "../run/evolve.ts"
import { check } from "../run/invariants.ts"

/** An event as it was read. */
export interface StoredEvent {
  readonly run: number
  readonly seq: number
  readonly at: number
  /** The event as JSON, unless it was damaged. */
  readonly data: string
}

/** A run up to the first event that is missing or damaged. */
export interface Replayed {
  readonly rows: Rows
  /** The last event that counts. */
  readonly last: number
  /** There are events behind it. */
  readonly isCut: boolean
}

/** `undefined` where they give no run, or none that could have happened. */
export const replayed = (stored: ReadonlyArray<StoredEvent>, id: string): Replayed | undefined => {
  const events = prefix(stored, id)
  if (events.length === 0) return undefined
  try {
    if (check({ events }).length > 0) return undefined
    return { rows: fold(events, stored[0]!.run), last: events.length, isCut: events.length < stored.length }
  } catch {
    return undefined
  }
}

const prefix = (stored: ReadonlyArray<StoredEvent>, run: string): ReadonlyArray<Recorded> => {
  const events: Array<Recorded> = []
  for (const { at, data, seq } of stored) {
    if (seq !== events.length + 1) break
    try {
      events.push({ run, seq, at, event: asEvent(JSON.parse(data)) })
    } catch {
      break
    }
  }
  return events
}
