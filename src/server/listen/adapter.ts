/** Between `node:http`, which Node, Bun and Deno have alike, and requests and responses of the web. */
import type { IncomingMessage, ServerResponse } from "node:http"
import { Readable } from "node:stream"
import { targetFault } from "../guard/target.ts"
import { rawHeadersFault } from "../guard/rawHeaders.ts"

/** How long a client may read nothing of its answer, in milliseconds. */
const STALL_MAX = 60_000

/** Answers one request of a socket, as fast as its client reads. Never rejects. */
export const answerOn = async (
  respond: (request: Request) => Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  stallTime = STALL_MAX
): Promise<void> => {
  const gone = new AbortController()
  outgoing.on("close", () => gone.abort())
  // Whoever went away needs no answer.
  outgoing.on("error", () => {})
  incoming.on("error", () => {})
  const fault = targetFault(incoming.url ?? "") ?? rawHeadersFault(incoming.rawHeaders)
  if (fault !== undefined) return refuse(outgoing, 400, fault)
  if (unspeakable.has(incoming.method ?? "")) return refuse(outgoing, 405, "This method means nothing here")
  try {
    const response = await respond(requestOf(incoming, gone.signal))
    await send(response, outgoing, stallTime)
  } catch {
    if (outgoing.headersSent) outgoing.destroy()
    else refuse(outgoing, 500, "Something unexpected went wrong")
  }
  // What was not read of a body is not waited for.
  if (!incoming.complete) incoming.destroy()
}

/** Methods that no request of the web can have. */
const unspeakable = new Set(["CONNECT", "TRACE", "TRACK"])

const refuse = (outgoing: ServerResponse, status: number, message: string): void => {
  outgoing.writeHead(status, { "content-type": "application/json", connection: "close" })
  outgoing.end(JSON.stringify({ _tag: "NotAllowed", message }))
}

const bodiless = new Set(["GET", "HEAD"])

const requestOf = (incoming: IncomingMessage, signal: AbortSignal): Request => {
  const { method = "GET", rawHeaders, url = "/" } = incoming
  const headers = new Headers()
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at]!, rawHeaders[at + 1]!)
  const body = bodiless.has(method) ? undefined : Readable.toWeb(incoming) as unknown as ReadableStream<Uint8Array>
  const init = { method, headers, signal, ...(body === undefined ? {} : { body, duplex: "half" }) }
  // The guard looks at the host as it was sent; this one only completes the address.
  return new Request(`http://127.0.0.1${url}`, init as RequestInit)
}

const send = async (response: Response, outgoing: ServerResponse, stallTime: number): Promise<void> => {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  if (response.body === null) return void outgoing.end()
  outgoing.flushHeaders()
  const reader = response.body.getReader()
  const leave = (): void => void reader.cancel().catch(() => {})
  outgoing.on("close", leave)
  while (!outgoing.destroyed) {
    const next = await reader.read()
    if (next.done) break
    if (!outgoing.write(next.value)) await drained(outgoing, stallTime)
  }
  outgoing.off("close", leave)
  // Whoever went away before may not have been heard of.
  if (outgoing.destroyed) leave()
  else outgoing.end()
}

/** Waits until what was written is on its way, or nobody reads it any more: then the connection is cut. */
const drained = (outgoing: ServerResponse, stallTime: number): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => outgoing.destroy(), stallTime)
    const done = (): void => {
      clearTimeout(cut)
      outgoing.off("drain", done)
      outgoing.off("close", done)
      resolve()
    }
    outgoing.on("drain", done)
    outgoing.on("close", done)
    if (outgoing.destroyed) done()
  })
