/** Command lines of clients: done here, told there as they go. */
import { API } from "../Api.ts"
import type { Use } from "../HandlerOptions.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { bodyOf, type Call } from "./asked.ts"
import { BadRequest, NotFound } from "./failed.ts"
import { tooMany } from "../stream/streamRoutes.ts"

const use = async (call: Call): Promise<Response> => {
  const { request, site } = call
  if (site.command === undefined) throw new NotFound("This server takes no command lines")
  if (!site.streams.hasRoom) return tooMany()
  const { args } = await bodyOf(call)
  if (!Array.isArray(args) || !args.every((it) => typeof it === "string")) {
    throw new BadRequest('"args" is the list of words of a command line')
  }
  const stream = told(site, request.signal, site.command, args)
  return new Response(stream, { headers: { "content-type": "application/x-ndjson", "cache-control": "no-store" } })
}

/** A stream of `{"out"}`, `{"err"}` and at last `{"code"}`. */
const told = (
  site: Site,
  signal: AbortSignal,
  command: NonNullable<Site["command"]>,
  args: ReadonlyArray<string>
): ReadableStream<Uint8Array> => {
  const gone = new AbortController()
  // A server that closes ends the command, and its client is told how; one that left is told nothing.
  let isLeft = false
  const leave = (): void => {
    isLeft = true
    gone.abort()
  }
  const uncount = site.streams.add({ end: () => gone.abort() })
  if (signal.aborted) leave()
  signal.addEventListener("abort", leave)
  const encoder = new TextEncoder()
  return new ReadableStream({
    start: async (controller) => {
      const tell = (line: object): void => {
        if (!isLeft) controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`))
      }
      const streams: Use = {
        args,
        readOnly: site.readOnly,
        out: (out) => tell({ out }),
        err: (err) => tell({ err }),
        signal: gone.signal
      }
      const code = await command(streams).catch(() => 2)
      tell({ code })
      uncount()
      if (!isLeft) controller.close()
    },
    cancel: leave
  })
}

/** The routes. */
export const useRoutes: ReadonlyArray<Route<Site>> = [{ method: "POST", pattern: `${API}/command`, answer: use }]
