/** The header and environment variable in which traces cross processes: W3C Trace Context, version 00. */
import type { Trace } from "../run/Event.ts"

/** A span in which something may be started or gone on with. */
export interface SpanContext {
  readonly traceId: string
  readonly spanId: string
  readonly sampled: boolean
}

/** Later versions may have more to say; version 00 has not. */
const pattern = /^(?!ff|00-.{52}-)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/

/** What a `traceparent` names; `undefined` for a malformed one, which the standard says to ignore. */
export const parsedTraceparent = (text: string | undefined): SpanContext | undefined => {
  if (text === undefined) return undefined
  const [, traceId = "", spanId = "", flags = ""] = pattern.exec(text.trim()) ?? []
  if (!/[^0]/.test(traceId) || !/[^0]/.test(spanId)) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** A span as the standard allows it: an external span of Effect has whatever ids its author gave it. */
export const standardContext = (span: SpanContext | undefined): SpanContext | undefined =>
  span && parsedTraceparent(traceparentOf(span))

/** The text for what is started within a span. */
export const traceparentOf = ({ sampled, spanId, traceId }: SpanContext | Required<Trace>): string =>
  `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`
