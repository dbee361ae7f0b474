/**
 * Opens the state file for a verb that executes runs: their spans, logs and metrics go where the variables of
 * OpenTelemetry say, and nowhere without them.
 */
import process from "node:process"
import { open } from "../../embed/open.ts"
import type { OpenOptions } from "../../embed/openOptions.ts"
import type { Pinnace } from "../../embed/Pinnace.ts"

/** Opens it; `close` sends the last of all. */
export const openToExecute = async (db: string, options: OpenOptions = {}): Promise<Pinnace> => {
  const [spans, logs, metrics] = [isNamed("TRACES"), isNamed("LOGS"), isNamed("METRICS")]
  if (!spans && !logs && !metrics) return open(db, options)
  const { otlp, otlpLogs, otlpMetrics } = await import("../../otel/mod.ts")
  const telemetry = { ...(spans ? { spans: otlp() } : {}), ...(logs ? { logs: otlpLogs() } : {}) }
  return open(db, {
    ...options,
    ...(spans || logs ? { telemetry } : {}),
    ...(metrics ? { metrics: otlpMetrics() } : {})
  })
}

/** Whether a destination is named, and not called off. */
const isNamed = (signal: "LOGS" | "METRICS" | "TRACES"): boolean =>
  process.env[`OTEL_${signal}_EXPORTER`] !== "none" &&
  ["OTEL_EXPORTER_OTLP_ENDPOINT", `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`].some((name) => process.env[name])
