/** Where spans, metrics and lines of logs go by the environment variables of OpenTelemetry. */
import process from "node:process"
import type { Attributes } from "../trace/SpanRecord.ts"

/** A destination. */
export interface OtlpTarget {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** What is said of the process that sends. */
  readonly resource: Attributes
  /** Whether large bodies are compressed. */
  readonly zips: boolean
}

/** What may be said of a destination instead of the environment. */
export interface OtlpOptions {
  /** Where they are posted, such as `http://localhost:4318/v1/traces`. */
  readonly url?: string
  /** Headers of each request, such as those that carry a key. */
  readonly headers?: Readonly<Record<string, string>>
  /** The name of the service that backends show. */
  readonly service?: string
  /** More that is said of the process. */
  readonly resource?: Attributes
}

const fallback = "http://localhost:4318"

/** `a=1,b=2`, with values that may be percent-encoded. */
const pairsOf = (text = ""): Record<string, string> =>
  Object.fromEntries(
    text.split(",").map((pair) => pair.trim()).filter((pair) => pair.includes("=")).map((pair) => {
      const at = pair.indexOf("=")
      return [pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())]
    })
  )

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** To a collector beside the process bytes are cheaper than the work to save some. */
const isOfThisMachine = (url: string): boolean => /^https?:\/\/(localhost|127\.[\d.]+|\[::1\])(:|\/|$)/i.test(url)

/** The destination that the options, then the environment, name; by default a collector on this machine. */
export const otlpTarget = (
  options: OtlpOptions = {},
  signal: "traces" | "metrics" | "logs" = "traces",
  env: Readonly<Record<string, string | undefined>> = process.env
): OtlpTarget => {
  const base = (env["OTEL_EXPORTER_OTLP_ENDPOINT"] || fallback).replace(/\/+$/, "")
  const own = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}`
  const resource = { "service.name": "pinnace", ...pairsOf(env["OTEL_RESOURCE_ATTRIBUTES"]) }
  const service = options.service ?? env["OTEL_SERVICE_NAME"]
  const url = options.url ?? (env[`${own}_ENDPOINT`] || `${base}/v1/${signal}`)
  const compression = env[`${own}_COMPRESSION`] || env["OTEL_EXPORTER_OTLP_COMPRESSION"]
  return {
    url,
    zips: compression ? compression === "gzip" : !isOfThisMachine(url),
    headers: {
      ...pairsOf(env[`${own}_HEADERS`] ?? env["OTEL_EXPORTER_OTLP_HEADERS"]),
      ...options.headers
    },
    resource: { ...resource, ...(service ? { "service.name": service } : {}), ...options.resource }
  }
}
