/** Command lines of clients: done here, told there as they go. */
import { API } from "../Api.ts"
import type { Use } from "../HandlerOptions.ts"
import { type Route, signature } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { bodyOf, type Call } from "./asked.ts"
import { BadRequest, failure, NotFound } from "./failed.ts"
import { Telling } from "./Telling.ts"
import { tooMany } from "../stream/streamRoutes.ts"

const use = async (call: Call): Promise<Response> => {
  const { site } = call
  if (site.command === undefined) throw new NotFound("This server takes no command lines")
  if (!site.streams.hasRoom) return tooMany()
  const { args } = await bodyOf(call)
  if (!Array.isArray(args) || !args.every((it) => typeof it === "string")) {
    throw new BadRequest('"args" is the list of words of a command line')
  }
  const stream = told(call, site.command, args)
  return new Response(stream, { headers: { "content-type": "application/x-ndjson", "cache-control": "no-store" } })
}

/** A stream of `{"out"}`, `{"err"}` and at last `{"code"}`. */
const told = (
  { request: { signal }, site, who }: Call,
  command: NonNullable<Site["command"]>,
  args: ReadonlyArray<string>
): ReadableStream<Uint8Array> => {
  const gone = new AbortController()
  const telling = new Telling(site.backlog)
  // A server that closes ends the command, and its client is told how; one that left is told nothing.
  const uncount = site.streams.add({ end: () => gone.abort() })
  const leave = (): void => {
    telling.leave()
    gone.abort()
  }
  if (signal.aborted) leave()
  signal.addEventListener("abort", leave)
  let isCut = false
  const tell = (line: object): void => {
    isCut ||= !telling.tell(line)
    if (isCut) gone.abort()
  }
  const streams: Use = {
    args,
    who: signature(who),
    readOnly: site.readOnly,
    out: (out) => tell({ out }),
    err: (err) => tell({ err }),
    signal: gone.signal
  }
  void done(command, streams).then((last) => {
    uncount()
    signal.removeEventListener("abort", leave)
    telling.end(...isCut ? [{ err: tooSlow }, { code: 2 }] : last)
  })
  return new ReadableStream({ pull: (controller) => telling.pull(controller), cancel: leave }, { highWaterMark: 0 })
}

const tooSlow =
  "The command printed more than its client had read, and was ended. Read on while it prints, or ask for less of it\n"

/** Does it; answers the last lines that its client is told. Never rejects. */
const done = async (command: NonNullable<Site["command"]>, streams: Use): Promise<ReadonlyArray<object>> => {
  try {
    return [{ code: await command(streams) }]
  } catch (error) {
    return [{ err: `${failure(error).message}\n` }, { code: 2 }]
  }
}

/** The routes. */
export const useRoutes: ReadonlyArray<Route<Site>> = [{ method: "POST", pattern: `${API}/command`, answer: use }]
