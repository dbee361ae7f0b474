/**
 * Opens the state file for a verb that executes runs: their spans go where the variables of OpenTelemetry say, and
 * nowhere without them.
 */
import process from "node:process"
import { open } from "../../embed/open.ts"
import type { OpenOptions } from "../../embed/openOptions.ts"
import type { Pinnace } from "../../embed/Pinnace.ts"

/** Opens it; `close` sends the last spans. */
export const openToExecute = async (db: string, options: OpenOptions = {}): Promise<Pinnace> => {
  if (!isTraced()) return open(db, options)
  const { otlp } = await import("../../otel/mod.ts")
  return open(db, { ...options, telemetry: { spans: otlp() } })
}

const isTraced = (): boolean =>
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"].some((name) => process.env[name])
