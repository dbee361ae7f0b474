/** Sends spans to a collector over OTLP/HTTP. */
import type { SpanSink } from "../trace/SpanRecord.ts"
import { encodeSpan, requestHead } from "./encode.ts"
import { type OtlpOptions, otlpTarget } from "./environment.ts"
import { Sender, type Sent } from "./Sender.ts"

/** A sink that sends spans to a collector, and how many it has sent and dropped. */
export interface OtlpSink extends Required<SpanSink>, Sent {}

/**
 * Sends spans to a collector: to `url`, else where `OTEL_EXPORTER_OTLP_ENDPOINT` says, else to port 4318
 * of this machine.
 */
export const otlp = (options: OtlpOptions = {}): OtlpSink => {
  const target = otlpTarget(options)
  return new Sender(target, requestHead(target.resource), encodeSpan)
}
