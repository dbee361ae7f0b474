/** A line of a node's log, and the port of whatever sends lines away. */
import type { Json } from "../run/Event.ts"
import type { Attributes } from "./SpanRecord.ts"

/** A line that a node has logged, secrets hidden. */
export interface LogRecord {
  /** When it was written, in milliseconds since the epoch. */
  readonly at: number
  /** How much it matters. */
  readonly level: "debug" | "info" | "warn" | "error"
  /** What it says. */
  readonly text: string
  /** Its fields. */
  readonly data?: { readonly [name: string]: Json }
  /** The trace of the span within which it was written: 32 hexadecimal digits. */
  readonly traceId?: string
  /** The span within which it was written: 16 hexadecimal digits. */
  readonly spanId?: string
  /** Whether that span is sent. */
  readonly sampled?: boolean
  /** Which run, workflow, node and attempt it is from. */
  readonly attributes: Attributes
}

/** Takes lines as they are written. What it throws is dropped: no sink changes what becomes of a run. */
export interface LogSink {
  /** Takes lines without waiting for anything. */
  readonly emit: (lines: ReadonlyArray<LogRecord>) => void
  /** Resolves once what it has taken is sent or given up; called when an engine closes. */
  readonly flush?: () => Promise<void>
}
