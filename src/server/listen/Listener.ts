/**
 * A port that is listened at.
 *
 * Owns: servers of `node:http`, one for each address, and their end.
 * Does not own: their sockets (`Connections.ts`); what is answered; who may ask.
 *
 * Invariants
 * - Connections, heads of requests and the time for them are bounded.
 * - `close` ends within the grace: streams are told first, requests may finish, what is left then is cut.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { http } from "../../wire/http.ts"
import { answerOn } from "./adapter.ts"
import { Connections } from "./Connections.ts"

/** The bounds of a listener. */
export interface ListenLimits {
  /** Connections at once; default 200. A new one takes the place of one that asks for nothing. */
  readonly connections?: number
  /** Milliseconds until the head of a request must be there; default 30,000. */
  readonly headTime?: number
  /** Milliseconds for which a client may read nothing of its answer; default 60,000. */
  readonly stallTime?: number
  /** Milliseconds that requests have to finish when the server closes; default 2,000. */
  readonly grace?: number
}

/** The most bytes of the head of a request. */
const HEAD_MAX = 16 * 1024
/** How long a request may come in, its body among that, in milliseconds. */
const REQUEST_TIME = 300_000

/** How a listener answers, and whom it tells of what is odd. */
export interface Answering {
  readonly respond: (request: Request) => Promise<Response>
  readonly note: (text: string) => void
}

/** A port that is listened at. */
export class Listener {
  readonly port: number
  readonly #servers: ReadonlyArray<Server>
  readonly #connections: Connections
  readonly #grace: number

  private constructor(servers: ReadonlyArray<Server>, connections: Connections, port: number, grace: number) {
    this.#servers = servers
    this.#connections = connections
    this.port = port
    this.#grace = grace
  }

  /**
   * Listens at a port of all these addresses, of which the first must be there and no other may be taken; port 0 is
   * any free one. Rejects with the system's error.
   */
  static async on(
    addresses: readonly [string, ...Array<string>],
    port: number,
    answering: Answering,
    limits: ListenLimits = {}
  ): Promise<Listener> {
    const [first, ...others] = addresses
    const { connections: most = 200, headTime = 30_000 } = limits
    const connections = new Connections(most, headTime)
    const once = noting(answering)
    const serve = (host: string, port: number) => listening(serverFor(once, limits, connections), host, port)
    const main = await serve(first, port)
    const chosen = (main.address() as AddressInfo).port
    const more = await Promise.allSettled(others.map((it) => serve(it, chosen)))
    const servers = [main, ...more.flatMap((it) => it.status === "fulfilled" ? [it.value] : [])]
    // Whoever has the chosen port of `localhost` elsewhere would be sent what is meant for this server.
    const taken = more.find((it) => it.status === "rejected" && it.reason?.code === "EADDRINUSE")
    if (port !== 0 && taken?.status === "rejected") {
      await Promise.all(servers.map((server) => closed(server, 0)))
      throw taken.reason
    }
    return new Listener(servers, connections, chosen, limits.grace ?? 2_000)
  }

  /** Takes no more connections, lets requests finish, and cuts what is left after the grace. */
  async close(): Promise<void> {
    const all = this.#servers.map((server) => closed(server, this.#grace))
    this.#connections.close()
    await Promise.all(all)
  }
}

/** The same note is told once: a client that comes again and again does not fill a log. */
const noting = (answering: Answering): Answering => {
  const told = new Set<string>()
  const note = (text: string): void => {
    if (!told.has(text)) answering.note(text)
    told.add(text)
  }
  return { ...answering, note }
}

const serverFor = (
  { note, respond }: Answering,
  { headTime = 30_000, stallTime }: ListenLimits,
  connections: Connections
): Server => {
  const server = http().createServer(
    {
      maxHeaderSize: HEAD_MAX,
      headersTimeout: headTime,
      requestTimeout: Math.max(headTime, REQUEST_TIME),
      connectionsCheckingInterval: Math.min(headTime, 5_000)
    },
    (incoming: IncomingMessage, outgoing: ServerResponse) => {
      const { socket } = incoming
      if (!connections.begin(socket)) return
      outgoing.on("close", () => connections.end(socket))
      void answerOn(respond, incoming, outgoing, stallTime)
    }
  )
  server.on("connection", (socket) => connections.enter(socket))
  server.on("clientError", (error: NodeJS.ErrnoException & { rawPacket?: Uint8Array }, socket) => {
    if (isHttp2(error.rawPacket)) note(http2Note)
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
    else socket.destroy()
  })
  return server
}

const isHttp2 = (packet: Uint8Array | undefined): boolean =>
  packet !== undefined && new TextDecoder().decode(packet.subarray(0, 14)) === "PRI * HTTP/2.0"

const http2Note =
  "A client spoke HTTP/2 (gRPC), which this server does not. If it was the command argo: set ARGO_HTTP1=true and ARGO_SECURE=false"

const listening = (server: Server, host: string, port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen({ host, port }, () => {
      server.off("error", reject)
      server.on("error", () => {})
      resolve(server)
    })
  })

const closed = (server: Server, grace: number): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), grace)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
