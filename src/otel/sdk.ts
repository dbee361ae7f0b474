/**
 * Hands spans to the processors of the app's own OpenTelemetry SDK, versions 2 and 3, so that they are sent as its
 * other spans are. Nothing of the SDK is imported: its span processors are met by their shape.
 */
import type { SpanRecord, SpanSink } from "../trace/SpanRecord.ts"

/** A span processor of the SDK, such as a `BatchSpanProcessor`. */
export interface SpanProcessor {
  /** Takes a span that has ended. */
  // deno-lint-ignore no-explicit-any -- the SDK's own type, of whichever version
  onEnd(span: any): void
  /** Resolves once what it has taken is sent or given up. */
  forceFlush(): Promise<void>
}

/** Where spans go. */
export interface SdkOptions {
  /** What takes the spans: each of these takes all of them. */
  readonly processors: ReadonlyArray<SpanProcessor>
  /** The resource of the app's SDK; without one, spans name the service `pinnace`. */
  readonly resource?: object
}

const kinds = { internal: 0, client: 2, producer: 3, consumer: 4 } as const

const plain = { attributes: { "service.name": "pinnace" }, asyncAttributesPending: false, getRawAttributes: () => [] }

/** Seconds and nanoseconds, as the SDK tells time. */
const time = (millis: number): [number, number] => {
  const seconds = Math.floor(millis / 1_000)
  return [seconds, Math.round((millis - seconds * 1_000) * 1_000_000)]
}

/** A sink on span processors of the app's SDK. */
export const sdk = ({ processors, resource = plain }: SdkOptions): SpanSink => ({
  emit: (spans) => {
    for (const span of spans) {
      const told = readable(span, resource)
      for (const processor of processors) processor.onEnd(told)
    }
  },
  flush: async () => {
    await Promise.all(processors.map((processor) => processor.forceFlush()))
  }
})

/** A span as the SDK's processors and exporters read one. */
const readable = (span: SpanRecord, resource: object): object => {
  const context = { traceId: span.traceId, spanId: span.spanId, traceFlags: 1 }
  const parent = span.parentSpanId === undefined
    ? undefined
    : { ...context, spanId: span.parentSpanId, isRemote: false }
  return {
    name: span.name,
    kind: kinds[span.kind],
    spanContext: () => context,
    parentSpanContext: parent,
    startTime: time(span.startedAt),
    endTime: time(span.endedAt),
    duration: time(span.endedAt - span.startedAt),
    status: span.failure === undefined ? { code: 0 } : { code: 2, message: span.failure },
    attributes: span.attributes,
    events: span.events.map(({ at, attributes, name }) => ({ name, attributes, time: time(at) })),
    links: span.links.map(({ attributes, spanId, traceId }) => ({
      context: { traceId, spanId, traceFlags: 1 },
      attributes
    })),
    ended: true,
    resource,
    instrumentationScope: { name: "pinnace" },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0
  }
}
