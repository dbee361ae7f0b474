/**
 * The server of a case: what its manifest finds at `server.test`.
 *
 * Owns: the socket, the objects of its bucket, the requests it has seen. Invariant: what a route or the bucket requires
 * of a request's headers and body is refused with 403 when it is missing, and with 401 where that is a password, so
 * that clients ask for one.
 */
import { Buffer } from "node:buffer"
import { existsSync, readFileSync } from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import type { Bucket, Route, Serving } from "./Expectation.ts"

const xml = (content: string): string => `<?xml version="1.0" encoding="UTF-8"?>${content}`

/** See the head of the file. */
export class Server {
  /** Methods and paths, in the order they came. */
  readonly requests: Array<string> = []
  readonly #routes: Readonly<Record<string, Route>>
  readonly #bucket: Bucket | undefined
  readonly #objects: Map<string, Uint8Array>
  readonly #server = createServer((request, response) => void this.#serve(request, response))

  constructor({ bucket, routes = {} }: Serving) {
    this.#routes = routes
    this.#bucket = bucket
    const texts = Object.entries(bucket?.objects ?? {})
    this.#objects = new Map(texts.map(([key, text]) => [key, new TextEncoder().encode(text)]))
  }

  /** Begins to listen; answers host and port. */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve))
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Array<Uint8Array> = []
    for await (const chunk of request) chunks.push(chunk as Uint8Array)
    const body = Buffer.concat(chunks)
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://server.test")
    this.requests.push(`${request.method} ${pathname}`)
    const bucket = this.#bucket
    if (bucket !== undefined && (pathname === `/${bucket.name}` || pathname.startsWith(`/${bucket.name}/`))) {
      if (!fits(request, body, bucket)) return void response.writeHead(403).end(xml("<Error/>"))
      return this.#object(request, response, pathname.slice(bucket.name.length + 2), searchParams, body)
    }
    this.#route(request, response, pathname, body)
  }

  #route(request: IncomingMessage, response: ServerResponse, path: string, body: Uint8Array): void {
    const name = `${request.method} ${path}`
    const key = Object.keys(this.#routes).find((it) => it === name || (it.endsWith("/") && name.startsWith(it)))
    if (key === undefined) return void response.writeHead(404).end()
    const route = this.#routes[key]!
    if (!fits(request, body, route)) {
      const asked = route.require?.["authorization"] !== undefined && request.headers.authorization === undefined
      return void response.writeHead(asked ? 401 : 403, { "www-authenticate": 'Basic realm="case"' }).end("refused")
    }
    const file = route.folder === undefined ? undefined : join(route.folder, name.slice(key.length))
    if (file !== undefined && !existsSync(file)) return void response.writeHead(404).end()
    const answer = () =>
      response.writeHead(route.status ?? 200, { ...route.headers }).end(
        file === undefined ? route.body ?? "" : readFileSync(file)
      )
    setTimeout(answer, route.delayMillis ?? 0)
  }

  #object(
    { method }: IncomingMessage,
    response: ServerResponse,
    key: string,
    query: URLSearchParams,
    body: Uint8Array
  ): void {
    if (method === "PUT") this.#objects.set(key, body)
    if (method === "POST" && query.has("delete")) {
      for (const [, gone] of Buffer.from(body).toString().matchAll(/<Key>(.*?)<\/Key>/g)) {
        this.requests.push(`DELETE /${this.#bucket!.name}/${gone}`)
        this.#objects.delete(gone!)
      }
      return void response.end(xml("<DeleteResult/>"))
    }
    if (method === "GET" && key === "") return void response.end(this.#listed(query.get("prefix") ?? ""))
    const found = this.#objects.get(key)
    if (found === undefined) return void response.writeHead(404).end(xml("<Error><Code>NoSuchKey</Code></Error>"))
    const headers = { etag: '"tag"', "content-length": method === "PUT" ? 0 : found.length }
    response.writeHead(200, headers).end(method === "GET" ? found : undefined)
  }

  #listed(prefix: string): string {
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort()
    const entries = keys.map((key) =>
      `<Contents><Key>${key}</Key><Size>${this.#objects.get(key)!.length}</Size></Contents>`
    )
    return xml(`<ListBucketResult><IsTruncated>false</IsTruncated>${entries.join("")}</ListBucketResult>`)
  }
}

const fits = (
  { headers }: IncomingMessage,
  body: Uint8Array,
  { require = {}, requireBody = "" }: Bucket | Route
): boolean =>
  Object.entries(require).every(([name, part]) => String(headers[name] ?? "").includes(part)) &&
  Buffer.from(body).toString().includes(requireBody)
