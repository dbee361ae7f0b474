/** A span that has ended, and the port of whatever sends spans away. */

/** What an attribute may hold. */
export type Attribute = string | number | boolean

/** Attributes by name; see `attributes.ts` for those that runs have. */
export type Attributes = Readonly<Record<string, Attribute>>

/** Something that happened during a span, in milliseconds since the epoch. */
export interface SpanEvent {
  readonly name: string
  readonly at: number
  readonly attributes: Attributes
}

/** Another span that this one has to do with. */
export interface SpanLink {
  readonly traceId: string
  readonly spanId: string
  readonly attributes: Attributes
}

/** A span that has ended; ids are in hexadecimal digits, 32 of a trace and 16 of a span. */
export interface SpanRecord {
  readonly traceId: string
  readonly spanId: string
  /** Absent where the span is the root of its trace. */
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: "internal" | "producer" | "consumer" | "client"
  /** In milliseconds since the epoch. */
  readonly startedAt: number
  readonly endedAt: number
  readonly attributes: Attributes
  readonly events: ReadonlyArray<SpanEvent>
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
