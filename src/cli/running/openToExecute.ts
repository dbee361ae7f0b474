/**
 * Opens the state file for a verb that executes runs: their spans and metrics go where the variables of OpenTelemetry
 * say, and nowhere without them.
 */
import process from "node:process"
import { open } from "../../embed/open.ts"
import type { OpenOptions } from "../../embed/openOptions.ts"
import type { Pinnace } from "../../embed/Pinnace.ts"

/** Opens it; `close` sends the last of both. */
export const openToExecute = async (db: string, options: OpenOptions = {}): Promise<Pinnace> => {
  const [isTraced, isCounted] = [isNamed("TRACES"), isNamed("METRICS")]
  if (!isTraced && !isCounted) return open(db, options)
  const { otlp, otlpMetrics } = await import("../../otel/mod.ts")
  return open(db, {
    ...options,
    ...(isTraced ? { telemetry: { spans: otlp() } } : {}),
    ...(isCounted ? { metrics: otlpMetrics() } : {})
  })
}

/** Whether a destination is named, and not called off. */
const isNamed = (signal: "METRICS" | "TRACES"): boolean =>
  process.env[`OTEL_${signal}_EXPORTER`] !== "none" &&
  ["OTEL_EXPORTER_OTLP_ENDPOINT", `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`].some((name) => process.env[name])
