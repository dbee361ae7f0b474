/**
 * Traces of runs for OpenTelemetry: `open(file, { telemetry: { spans: otlp() } })` sends a span for each run and node
 * to a collector; `sdk({ processors })` hands them to the app's own SDK. `open(file, { metrics: otlpMetrics() })` sends
 * what is counted, `{ telemetry: { logs: otlpLogs() } }` what nodes log.
 *
 * @module
 */
export { otlp, type OtlpSink } from "./otlp.ts"
export { otlpLogs, type OtlpLogsSink } from "./otlpLogs.ts"
export type { Sent } from "./Sender.ts"
export type { OtlpOptions } from "./environment.ts"
export { type MetricsOptions, otlpMetrics, type OtlpMetricsSink } from "./otlpMetrics.ts"
export { sdk, type SdkOptions, type SpanProcessor } from "./sdk.ts"
export type { Attribute, Attributes, SpanEvent, SpanLink, SpanRecord, SpanSink } from "../trace/SpanRecord.ts"
export type { LogRecord, LogSink } from "../trace/LogRecord.ts"
export { spansOf } from "../trace/RunSpans.ts"
export type { MetricSink, MetricSource, Pushing } from "../metrics/MetricSink.ts"
