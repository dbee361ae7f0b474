/** What is known of a node, or of a run, whose span is open. */
import type { SpanEvent } from "./SpanRecord.ts"

/** What has a span that is open. */
export interface Open {
  readonly startedAt: number
  readonly events: Array<SpanEvent>
}

/** A node that is open. */
export interface OpenNode extends Open {
  readonly kind: string
  attempt: number
  rerun: number
  attemptAt: number
  /** Whether its attempt is at work: it is not while the node waits for the next one. */
  isTrying: boolean
  /** Whether spans of its attempts are told. */
  isRepeated: boolean
}

/** A node that is tried for months keeps what it was told first, and last. */
const mostEvents = 128

/** Keeps something that happened during a span. */
export const note = (open: Open | undefined, event: SpanEvent): void => {
  if (open !== undefined) open.events[Math.min(open.events.length, mostEvents - 1)] = event
}

/** A node may have waited before it began: then its span has begun with that. */
export const opened = (kind: string, at: number, before?: OpenNode): OpenNode => ({
  kind,
  startedAt: before?.startedAt ?? at,
  events: before?.events ?? [],
  attempt: 1,
  rerun: 0,
  attemptAt: at,
  isTrying: true,
  isRepeated: false
})
