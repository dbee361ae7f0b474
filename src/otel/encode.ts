/** Spans as JSON of OTLP 1, as text: each span is encoded once, when it ends. */
import type { Attribute, Attributes, SpanRecord } from "../trace/SpanRecord.ts"

const kinds = { internal: 1, client: 3, producer: 4, consumer: 5 } as const

const valueOf = (value: Attribute) => {
  if (typeof value === "string") return { stringValue: value }
  if (typeof value === "boolean") return { boolValue: value }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

/** Attributes as the protocol has them. */
export const attributesOf = (attributes: Attributes) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }))

/** An instant as the protocol has it. */
export const nanos = (millis: number): string => `${Math.round(millis * 1_000)}000`

/** A span as the text of its JSON. */
export const encodeSpan = (span: SpanRecord): string =>
  JSON.stringify({
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
    flags: 1,
    name: span.name,
    kind: kinds[span.kind],
    startTimeUnixNano: nanos(span.startedAt),
    endTimeUnixNano: nanos(span.endedAt),
    attributes: attributesOf(span.attributes),
    events: span.events.map(({ at, attributes, name }) => ({
      name,
      timeUnixNano: nanos(at),
      attributes: attributesOf(attributes)
    })),
    links: span.links.map(({ attributes, spanId, traceId }) => ({
      traceId,
      spanId,
      attributes: attributesOf(attributes)
    })),
    status: span.failure === undefined ? {} : { code: 2, message: span.failure }
  })

/** The body of a request with encoded spans. */
export const encodeRequest = (resource: Attributes, spans: ReadonlyArray<string>): string =>
  `{"resourceSpans":[{"resource":${JSON.stringify({ attributes: attributesOf(resource) })},` +
  `"scopeSpans":[{"scope":{"name":"pinnace"},"spans":[${spans.join(",")}]}]}]}`
