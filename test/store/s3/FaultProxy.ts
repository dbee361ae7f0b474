/**
 * Stands between a client and the real server, and does what networks and busy servers do.
 *
 * Owns: its port and connections. Does not own: the server, which answers every request that is let through.
 */
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

/** What happens to one request. */
export type Fault =
  /** Nothing. */
  | { readonly kind: "pass" }
  /** An answer that the server did not give. */
  | { readonly kind: "answer"; readonly status: number; readonly body?: string }
  /** The connection is reset before the server hears of it. */
  | { readonly kind: "reset" }
  /** The server does the work, and its answer is lost. */
  | { readonly kind: "lose" }
  /** The answer breaks off after so many bytes of its body. */
  | { readonly kind: "cut"; readonly after: number }
  /** No answer, ever. */
  | { readonly kind: "stall" }
  /** The answer's head and so many bytes come, then nothing. */
  | { readonly kind: "hang"; readonly after: number }

/** A request as the plan sees it. */
export interface Seen {
  readonly method: string
  readonly url: string
  /** What it is for, in a word. */
  readonly action: string
}

const actionOf = (method: string, url: string): string => {
  const { searchParams } = new URL(url, "http://proxy")
  if (searchParams.has("uploads")) return method === "POST" ? "create" : "uploads"
  if (searchParams.has("uploadId")) return { PUT: "part", POST: "complete", DELETE: "abort" }[method] ?? method
  if (searchParams.has("delete")) return "delete-many"
  return searchParams.has("list-type") ? "list" : method.toLowerCase()
}

/** See the head of the file. */
export class FaultProxy {
  /** Every request that came, in order. */
  readonly seen: Array<Seen> = []
  /** Decides about each request; at first all pass. */
  plan: (seen: Seen) => Fault = () => ({ kind: "pass" })
  readonly #server: Server
  readonly #target: URL

  private constructor(target: string) {
    this.#target = new URL(target)
    this.#server = createServer((incoming, outgoing) => this.#serve(incoming, outgoing))
  }

  /** Starts a proxy before a server. */
  static async start(target: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(target)
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve))
    return proxy
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** How often this was asked for. */
  count(action: string): number {
    return this.seen.filter((it) => it.action === action).length
  }

  /** Lets the first requests for these actions meet the fault, each action so many times. */
  first(times: number, fault: Fault, ...actions: ReadonlyArray<string>): void {
    const left = new Map(actions.map((action) => [action, times]))
    this.plan = ({ action }) => {
      const count = left.get(action) ?? 0
      left.set(action, count - 1)
      return count > 0 ? fault : { kind: "pass" }
    }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #serve(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method = "GET", url = "/" } = incoming
    const seen = { method, url, action: actionOf(method, url) }
    this.seen.push(seen)
    const fault = this.plan(seen)
    if (fault.kind === "reset") return void incoming.socket.destroy()
    if (fault.kind === "stall") return void incoming.resume()
    if (fault.kind === "answer") {
      incoming.resume()
      return void incoming.once("end", () => outgoing.writeHead(fault.status).end(fault.body ?? ""))
    }
    this.#forward(incoming, outgoing, fault)
  }

  #forward(incoming: IncomingMessage, outgoing: ServerResponse, fault: Fault): void {
    const { hostname, port } = this.#target
    const { headers, method, url } = incoming
    const forwarded = request({ hostname, port, method, path: url, headers }, (answer) => {
      if (fault.kind === "lose") return void answer.resume().once("end", () => incoming.socket.destroy())
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      if (fault.kind === "pass") return void answer.pipe(outgoing)
      let left = fault.kind === "cut" || fault.kind === "hang" ? fault.after : 0
      answer.once("end", () => left > 0 && outgoing.end())
      answer.on("data", (chunk: Uint8Array) => {
        const part = chunk.subarray(0, left)
        left -= part.length
        if (left > 0) return void outgoing.write(part)
        answer.removeAllListeners("data").resume()
        // What was written has to leave first, or nothing would have come.
        outgoing.write(part, () => fault.kind === "cut" && outgoing.socket?.destroy())
      })
    })
    forwarded.once("error", () => incoming.socket.destroy())
    incoming.once("close", () => incoming.complete || forwarded.destroy())
    incoming.pipe(forwarded)
  }
}
