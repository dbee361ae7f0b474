/** A collector of OTLP over HTTP, on a port of its own. */
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { gunzipSync } from "node:zlib"

/** A span as it came. */
export interface CollectedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly status: { readonly code?: number; readonly message?: string }
  readonly attributes: ReadonlyArray<{ readonly key: string; readonly value: Readonly<Record<string, unknown>> }>
}

/** A line of a log as it came. */
export interface CollectedLine {
  readonly severityText: string
  readonly body: { readonly stringValue: string }
  readonly attributes: CollectedSpan["attributes"]
  readonly traceId?: string
  readonly spanId?: string
  readonly flags?: number
}

/** A metric as it came. */
export interface CollectedMetric {
  readonly name: string
  readonly unit: string
  // deno-lint-ignore no-explicit-any -- as the protocol has it
  readonly [data: string]: any
}

/** Takes what is posted, after it has refused as often as it was told to. */
export class Collector {
  readonly spans: Array<CollectedSpan> = []
  readonly lines: Array<CollectedLine> = []
  /** The metrics of each request. */
  readonly metrics: Array<ReadonlyArray<CollectedMetric>> = []
  readonly headers: Array<Readonly<Record<string, unknown>>> = []
  readonly resources: Array<string> = []
  /** Throws where a request is not as the protocol says; what it says is kept in `faults`. */
  check: (body: unknown) => void = () => {}
  readonly faults: Array<string> = []
  refusals = 0
  #heard: () => void = () => {}
  refusal = 503
  readonly #server: Server

  constructor() {
    this.#server = createServer((request, response) => {
      const parts: Array<Uint8Array> = []
      request.on("data", (part) => parts.push(part)).on("end", () => {
        this.headers.push(request.headers)
        if (this.refusals > 0) {
          this.refusals--
          return response.writeHead(this.refusal).end()
        }
        const body = Buffer.concat(parts)
        this.#take((request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString("utf8"))
        this.#heard()
        response.writeHead(200, { "content-type": "application/json" }).end("{}")
      })
    })
  }

  #take(text: string): void {
    const body = JSON.parse(text)
    try {
      this.check(body)
    } catch (error) {
      this.faults.push(String(error))
    }
    const { resourceLogs = [], resourceMetrics = [], resourceSpans = [] } = body
    for (const { resource, scopeLogs } of resourceLogs) {
      this.resources.push(JSON.stringify(resource))
      for (const { logRecords } of scopeLogs) this.lines.push(...logRecords)
    }
    for (const { resource, scopeMetrics } of resourceMetrics) {
      this.resources.push(JSON.stringify(resource))
      for (const { metrics } of scopeMetrics) this.metrics.push(metrics)
    }
    for (const { resource, scopeSpans } of resourceSpans) {
      this.resources.push(JSON.stringify(resource))
      for (const { spans } of scopeSpans) this.spans.push(...spans)
    }
  }

  /** Begins to listen, and answers where. */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Resolves once what has arrived is enough. */
  until(isEnough: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#heard = () => isEnough() ? resolve() : undefined
      this.#heard()
    })
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }
}
