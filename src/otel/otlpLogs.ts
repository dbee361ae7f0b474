/** Sends lines that nodes log to a collector over OTLP/HTTP. */
import type { LogSink } from "../trace/LogRecord.ts"
import { encodeLine, linesHead } from "./encodeLogs.ts"
import { type OtlpOptions, otlpTarget } from "./environment.ts"
import { Sender, type Sent } from "./Sender.ts"

/** A sink that sends lines to a collector, and how many it has sent and dropped. */
export interface OtlpLogsSink extends Required<LogSink>, Sent {}

/**
 * Sends lines to a collector: to `url`, else where `OTEL_EXPORTER_OTLP_ENDPOINT` says, else to port 4318
 * of this machine. Each has the trace and the span of its node.
 */
export const otlpLogs = (options: OtlpOptions = {}): OtlpLogsSink => {
  const target = otlpTarget(options, "logs")
  return new Sender(target, linesHead(target.resource), encodeLine)
}
