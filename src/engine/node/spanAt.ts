/** The span in which a node works. */
import { type SpanContext, standardContext, traceparentOf } from "../../trace/traceparent.ts"
import type { LiveRun } from "../Live.ts"

/** That of its latest attempt; that of whoever started the run, where this engine tells of no spans. */
export const spanAt = ({ ledger: { spans, tracing } }: LiveRun, path: string): SpanContext | undefined => {
  if (spans !== undefined) return spans.contextOf(path)
  if (tracing === undefined) return undefined
  const { sampled, spanId, traceId } = tracing.trace
  return spanId === undefined ? undefined : { sampled, spanId, traceId }
}

/** The same as text for processes and servers. */
export const traceparentAt = (run: LiveRun, path: string): string | undefined => {
  const span = standardContext(spanAt(run, path))
  return span && traceparentOf(span)
}
