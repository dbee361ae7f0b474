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

/** Takes what is posted, after it has refused as often as it was told to. */
export class Collector {
  readonly spans: Array<CollectedSpan> = []
  readonly headers: Array<Readonly<Record<string, unknown>>> = []
  readonly resources: Array<string> = []
  refusals = 0
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
        response.writeHead(200, { "content-type": "application/json" }).end("{}")
      })
    })
  }

  #take(text: string): void {
    for (const { resource, scopeSpans } of JSON.parse(text).resourceSpans) {
      this.resources.push(JSON.stringify(resource))
      for (const { spans } of scopeSpans) this.spans.push(...spans)
    }
  }

  /** Begins to listen, and answers where. */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }
}
