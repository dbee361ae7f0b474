/**
 * What an engine tells tracers: which trace each run belongs to, and its spans as they end.
 *
 * Owns: the sinks. Does not own: the fold of a run (its ledger has it), what happens in a body.
 * Invariants
 * - T4 A span is told only of what is durable.
 * - T5 No sink changes what becomes of a run: what it throws is dropped, and nothing waits for it before the end.
 */
import type { Trace } from "../run/Event.ts"
import { heardOutside } from "../workflow/heardOutside.ts"
import { newTraceId } from "./ids.ts"
import type { LogRecord, LogSink } from "./LogRecord.ts"
import type { SpanRecord, SpanSink } from "./SpanRecord.ts"
import type { SpanContext } from "./traceparent.ts"

/** Which runs have their spans sent. */
export interface Sampling {
  /** The share of runs, from 0 to 1; default 1. */
  readonly ratio?: number
  /** Whether a run that fails is told whole although it was not chosen; default true. */
  readonly failed?: boolean
  /** Whether a starter whose own span is not sampled decides; default false. */
  readonly heedParent?: boolean
}

/** How an engine tells tracers of its runs. */
export interface TelemetryOptions {
  /** Where spans go: `otlp()` or `sdk()` of `pinnace/otel`, or one of your own. */
  readonly spans?: SpanSink | ReadonlyArray<SpanSink>
  /** Where lines that nodes log go, of all runs: `otlpLogs()` of `pinnace/otel`, or one of your own. */
  readonly logs?: LogSink | ReadonlyArray<LogSink>
  /** Which runs are told; default all. */
  readonly sample?: Sampling
  /**
   * Whether a run goes on in the trace of its starter, which is the default, or is the root of one of its own.
   */
  readonly parent?: "continue" | "root"
  /** Whether bodies run within the app's own OpenTelemetry context, where there is one; default true. */
  readonly join?: boolean
}

/** What an engine tells tracers. */
export class Telemetry {
  readonly joins: boolean
  readonly #sinks: ReadonlyArray<SpanSink>
  readonly #lines: ReadonlyArray<LogSink>
  readonly #options: TelemetryOptions
  readonly #random: () => number

  constructor(options: TelemetryOptions, random: () => number) {
    this.#options = options
    this.#random = random
    this.#sinks = [options.spans ?? []].flat()
    this.#lines = [options.logs ?? []].flat()
    this.joins = options.join !== false
  }

  /** The trace of a new run, which is recorded with it; one that a node of ours starts is chosen where that run is. */
  begin(starter: SpanContext | undefined, isChild = false): Trace {
    const sampled = isChild && starter !== undefined ? starter.sampled : this.#isSampled(starter)
    if (starter === undefined || this.#options.parent === "root") return { traceId: newTraceId(), sampled }
    return { traceId: starter.traceId, spanId: starter.spanId, sampled }
  }

  #isSampled(starter: SpanContext | undefined): boolean {
    const { heedParent = false, ratio = 1 } = this.#options.sample ?? {}
    if (this.#sinks.length === 0 || heedParent && starter?.sampled === false) return false
    return ratio >= 1 || this.#random() < ratio
  }

  /** Whether a failed run that was not chosen is told after all. */
  get tellsFailed(): boolean {
    return this.#sinks.length > 0 && this.#options.sample?.failed !== false
  }

  /** Hands spans to the sinks. */
  emit(spans: ReadonlyArray<SpanRecord>): void {
    if (spans.length === 0) return
    // T5.
    for (const sink of this.#sinks) heardOutside(() => sink.emit(spans))
  }

  /** Whether somebody asks for lines of logs. */
  get tellsLines(): boolean {
    return this.#lines.length > 0
  }

  /** Hands a line to the sinks, sampled or not: what is logged is chosen by its level. */
  tellLine(line: LogRecord): void {
    // T5.
    for (const sink of this.#lines) heardOutside(() => sink.emit([line]))
  }

  /** Resolves once the sinks have sent what they have, or given it up. */
  async flush(): Promise<void> {
    await Promise.all([...this.#sinks, ...this.#lines].map(async (sink) => {
      try {
        await sink.flush?.()
      } catch {
        // T5.
      }
    }))
  }
}
