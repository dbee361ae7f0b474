/** A span that has ended, and the port of whatever sends spans away. */

/** What an attribute may hold. */
export type Attribute = string | number | boolean

/** Attributes by name; see `attributes.ts` for those that runs have. */
export type Attributes = Readonly<Record<string, Attribute>>

/** Something that happened during a span, in milliseconds since the epoch. */
export interface SpanEvent {
  /** What happened. */
  readonly name: string
  /** When it happened, in milliseconds since the epoch. */
  readonly at: number
  /** What is said about it besides. */
  readonly attributes: Attributes
}

/** Another span that this one has to do with. */
export interface SpanLink {
  /** The trace of the other span: 32 hexadecimal digits. */
  readonly traceId: string
  /** The id of the other span: 16 hexadecimal digits. */
  readonly spanId: string
  /** What is said about the link. */
  readonly attributes: Attributes
}

/** A span that has ended; ids are in hexadecimal digits, 32 of a trace and 16 of a span. */
export interface SpanRecord {
  /** The trace that it belongs to. */
  readonly traceId: string
  /** Its own id. */
  readonly spanId: string
  /** Absent where the span is the root of its trace. */
  readonly parentSpanId?: string
  /** What it is called in views of traces. */
  readonly name: string
  /** Its part in OpenTelemetry's sense: whether it hands work on, takes it up, calls out, or stays inside. */
  readonly kind: "internal" | "producer" | "consumer" | "client"
  /** In milliseconds since the epoch. */
  readonly startedAt: number
  /** In milliseconds since the epoch. */
  readonly endedAt: number
  /** What is said about it. */
  readonly attributes: Attributes
  /** What happened during it. */
  readonly events: ReadonlyArray<SpanEvent>
  /** Other spans that it has to do with. */
  readonly links: ReadonlyArray<SpanLink>
  /** Why it failed; absent where it did not. */
  readonly failure?: string
}

/** Takes spans, once each has ended. What it throws is dropped: no sink changes what becomes of a run. */
export interface SpanSink {
  /** Takes spans without waiting for anything. */
  readonly emit: (spans: ReadonlyArray<SpanRecord>) => void
  /** Resolves once what it has taken is sent or given up; called when an engine closes. */
  readonly flush?: () => Promise<void>
}
