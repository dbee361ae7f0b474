/** One span, as it is told once what it is of has ended. Pure. */
import type { Ending } from "../run/Event.ts"
import type { SpanIds, SpanPlace } from "./ids.ts"
import type { Open } from "./openNode.ts"
import type { Attributes, SpanLink, SpanRecord } from "./SpanRecord.ts"
import type { SpanContext } from "./traceparent.ts"

/** What is told of a span besides when it was, and what happened in it. */
export interface Told extends Pick<SpanRecord, "name" | "kind" | "links"> {
  readonly parentSpanId: string | undefined
  readonly attributes: Attributes
  readonly ending: Ending
}

/** The span of what stood at a place and ended at an instant. */
export const endedSpan = (
  ids: SpanIds,
  place: SpanPlace,
  { events, startedAt }: Open,
  at: number,
  { attributes, ending, kind, links, name, parentSpanId }: Told
): SpanRecord => {
  const { traceId } = ids
  const spanId = ids.of(place)
  const endedAt = Math.max(startedAt, at)
  // Written out twice, since there is one for each node: to put it together from parts costs more than all else of it.
  const span = parentSpanId === undefined
    ? { traceId, spanId, name, kind, startedAt, endedAt, attributes, events, links }
    : { traceId, spanId, parentSpanId, name, kind, startedAt, endedAt, attributes, events, links }
  return ending.phase === "Failed" || ending.phase === "Error" ? { ...span, failure: failureOf(ending) } : span
}

const failureOf = ({ error, message, reason }: Ending): string =>
  (message ?? error?.message ?? reason ?? "").slice(0, 256)

/** A link to another span, and why there is one. */
export const linkTo = ({ spanId, traceId }: Pick<SpanContext, "traceId" | "spanId">, why: string): SpanLink => ({
  traceId,
  spanId,
  attributes: { "pinnace.link": why }
})

/** Where the span of the start of a run stands. */
export const startPlace: SpanPlace = { path: "", attempt: 1, rerun: 0 }

/** Where the span of a node stands. */
export const nodePlace = (path: string): SpanPlace => ({ path, attempt: 0, rerun: 0 })
