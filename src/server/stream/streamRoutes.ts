/** The routes of streams. */
import { randomBytes } from "node:crypto"
import { API } from "../Api.ts"
import { bodyOf, type Call, flagOf, numberOf } from "../api/asked.ts"
import { BadRequest, NotFound } from "../api/failed.ts"
import { json, problem } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { liveStream } from "./liveStream.ts"
import { Subscriptions, type Wanted } from "./Subscriptions.ts"

/** The answer when there are too many streams. */
export const tooMany = (): Response =>
  problem(503, "TooManyStreams", "This server carries as many streams as it may. Close one, or try again later")

const open = async (call: Call): Promise<Response> => {
  const { request, site } = call
  if (!site.streams.hasRoom) return tooMany()
  const sid = randomBytes(12).toString("base64url")
  const subscriptions = new Subscriptions(site, sid)
  const wanted = bounded(wantedOf(call.query))
  const stream = liveStream(site.streams, request.signal, subscriptions, {
    beat: () => `${JSON.stringify({ t: "beat", now: site.now() })}\n`,
    farewell: '{"t":"closed"}\n',
    ended: () => site.subscriptions.delete(sid)
  })
  site.subscriptions.set(sid, subscriptions)
  await subscriptions.want(wanted)
  return new Response(stream, { headers: { "content-type": "application/x-ndjson", "cache-control": "no-store" } })
}

const change = async (call: Call): Promise<Response> => {
  const subscriptions = call.site.subscriptions.get(call.params["sid"]!)
  if (subscriptions === undefined) throw new NotFound("There is no such stream (any more). Open one at /stream")
  const { list = false, runs = {} } = await bodyOf(call)
  if (typeof runs !== "object" || runs === null || !Object.values(runs).every(Number.isSafeInteger)) {
    throw new BadRequest('"runs" is an object of run ids with the number of the last event that is known of each')
  }
  await subscriptions.want(bounded({ runs: runs as Wanted["runs"], list: list === true }))
  return json(null)
}

/** The most runs that one stream follows. */
const most = 1_000

/** What is wanted, if it is not too much. Throws BadRequest. */
const bounded = (wanted: Wanted): Wanted => {
  if (Object.keys(wanted.runs).length <= most) return wanted
  throw new BadRequest(`A stream follows at most ${most} runs. Follow the list, or open another stream`)
}

/** `runs=a,b:12`: run `a` from its beginning, `b` after event 12. */
const wantedOf = (query: URLSearchParams): Wanted => ({
  runs: Object.fromEntries(
    query.getAll("runs").flatMap((it) => it.split(",")).filter((it) => it !== "").map((it) => {
      const [, id = it, after = "0"] = /^(.*):(\d+)$/.exec(it) ?? []
      return [id, Number(after)]
    })
  ),
  list: flagOf(query, "list")
})

/** The routes. */
export const streamRoutes: ReadonlyArray<Route<Site>> = [
  { method: "GET", pattern: `${API}/stream`, answer: open },
  { method: "POST", pattern: `${API}/stream/:sid`, answer: change }
]

/** The number after which a client wants the events of one run: of a stream that was cut, the last it saw. */
export const afterOf = ({ query, request }: Call): number => {
  const last = request.headers.get("last-event-id")
  return last !== null && /^\d{1,15}$/.test(last) ? Number(last) : numberOf(query, "after") ?? 0
}
