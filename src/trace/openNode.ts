/** What is known of a node, or of a run, whose span is open. */
import type { SpanEvent } from "./SpanRecord.ts"

/** What has a span that is open. */
export interface Open {
  readonly startedAt: number
  events: ReadonlyArray<SpanEvent>
}

const nothingYet: ReadonlyArray<SpanEvent> = []

/** A node that is open. */
export class OpenNode implements Open {
  readonly kind: string
  readonly startedAt: number
  events: ReadonlyArray<SpanEvent>
  attempt = 1
  rerun = 0
  attemptAt: number
  /** Whether its attempt is at work: it is not while the node waits for the next one. */
  isTrying = true
  /** Whether spans of its attempts are told. */
  isRepeated = false

  /** A node may have waited before it began: then its span has begun with that. */
  constructor(kind: string, at: number, before?: OpenNode) {
    this.kind = kind
    this.startedAt = before?.startedAt ?? at
    this.events = before?.events ?? nothingYet
    this.attemptAt = at
  }
}

/** A node that is tried for months keeps what it was told first, and last. */
const mostEvents = 128

/** Keeps something that happened during a span. */
export const note = (open: Open | undefined, event: SpanEvent): void => {
  if (open !== undefined) open.events = [...open.events.slice(0, mostEvents - 1), event]
}
