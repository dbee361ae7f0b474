/**
 * One HTTP request and its answer, by `node:http`, which Node, Bun and Deno all have: unlike `fetch` it sends a body
 * without copying it first, so an upload holds each part once.
 */
import type { IncomingMessage } from "node:http"
import { http, https } from "../../wire/http.ts"

/** A signed request. */
export interface Outgoing {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | undefined
}

/** Sends a request; answers as soon as the head of the reply is there. The signal breaks the connection until then. */
export const exchange = ({ body, headers, method, url }: Outgoing, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const request = url.startsWith("https:") ? https().request : http().request
    const length = { "content-length": String(body?.length ?? 0) }
    const outgoing = request(url, {
      method,
      headers: method === "GET" || method === "HEAD" ? headers : { ...headers, ...length }
    })
    const abort = () => outgoing.destroy(new Error("the request was given up"))
    signal.addEventListener("abort", abort, { once: true })
    outgoing.on("error", reject)
    outgoing.once("response", (reply) => {
      signal.removeEventListener("abort", abort)
      // Whoever reads learns of it; without a listener it would end the process.
      reply.on("error", () => {})
      resolve(reply)
    })
    outgoing.end(body)
  })

/** The whole text of a reply. */
export const textOf = async (reply: IncomingMessage): Promise<string> => {
  const decoder = new TextDecoder()
  let text = ""
  for await (const chunk of reply as AsyncIterable<Uint8Array>) text += decoder.decode(chunk, { stream: true })
  if (!reply.complete) throw new Error("the connection ended before the answer did")
  return text + decoder.decode()
}

/** A header of a reply. */
export const headerOf = (reply: IncomingMessage, name: string): string | undefined => {
  const value = reply.headers[name]
  return Array.isArray(value) ? value[0] : value
}
