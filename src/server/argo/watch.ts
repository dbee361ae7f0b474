/**
 * What Argo's clients follow. A stream stays open until the client goes: when one ends, the command opens it again at
 * once.
 */
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import { attention, changes, findRun, isGone, lastSeq } from "../reads.ts"
import type { Site } from "../Site.ts"
import { liveStream, type Source } from "../stream/liveStream.ts"
import { type Call, filterOf, runNamed } from "./asked.ts"
import { type Fields, fieldsOf, picked } from "./fields.ts"
import { failed, GrpcError } from "./grpc.ts"
import { everything, manifestReader, type ReadManifest, workflowObject } from "./workflowObject.ts"

/** How one thing is written on a stream: as an event where that was asked for, else as a line of JSON. */
export const framing = ({ headers }: Request) => {
  const isEvents = headers.get("accept")?.includes("text/event-stream") === true
  return {
    type: isEvents ? "text/event-stream" : "application/json",
    frame: (result: unknown): string =>
      isEvents ? `data: ${JSON.stringify(result)}\n\n` : `${JSON.stringify(result)}\n`,
    // A longer comment would be read as an event, and ends the command.
    beat: () => isEvents ? ":\n" : "\n"
  }
}

/** An answer that is a stream. */
export const streamed = ({ request, site }: Call, source: Source, breath?: number): Response => {
  if (!site.streams.hasRoom) {
    return failed(new GrpcError("Unavailable", "this server carries as many streams as it may"))
  }
  const { beat, type } = framing(request)
  const body = liveStream(site.streams, request.signal, source, { beat, ...(breath === undefined ? {} : { breath }) })
  return new Response(body, { headers: { "content-type": type, "cache-control": "no-store" } })
}

/** Whole objects are sent, which are large: at most four a second. */
const between = 250

const watch = async (call: Call): Promise<Response> => {
  const fields = fieldsOf(call.query.get("fields"))
  const named = /(?:^|,)metadata\.name==?([^,]+)/.exec(call.query.get("listOptions.fieldSelector") ?? "")?.[1]
  if (named !== undefined) {
    return streamed(call, await watchOne(call, (await runNamed(call, named)).id, fields), between)
  }
  return streamed(call, await watchAll(call, fields), between)
}

const watchOne = async ({ request, site }: Call, id: string, fields: Fields | undefined): Promise<Source> => {
  const { engine } = site.pinnace
  const { key } = (await findRun(engine, id))!
  const frame = (it: object) => framing(request).frame(picked({ result: it }, fields))
  const watched = new Watched(site, id, frame, manifestReader())
  return {
    take: () => watched.news(),
    isOver: () => Promise.resolve(isGone(engine)),
    listen: (wake) => attention(engine, [key], wake)
  }
}

/** The newest runs of a list, and whatever changes among all that fit. */
const watchAll = async (call: Call, fields: Fields | undefined): Promise<Source> => {
  const { request, site } = call
  const { frame } = framing(request)
  const filter = await filterOf(call)
  const list = async () =>
    (await site.pinnace.list({ ...filter, limit: Math.min(filter.limit ?? 500, 500) })).toReversed()
  const known = new Map<string, Watched>()
  return {
    take: async () => {
      const told: Array<string> = []
      for (const { id } of await list()) {
        const watched = known.get(id) ?? new Watched(site, id, (it) => frame(picked({ result: it }, fields)))
        known.set(id, watched)
        told.push(await watched.news() ?? "")
      }
      return told.join("") || undefined
    },
    isOver: () => Promise.resolve(isGone(site.pinnace.engine)),
    listen: (wake) => changes(site.pinnace.engine, wake)
  }
}

/** One workflow as a client knows it. */
class Watched {
  readonly #site: Site
  readonly #id: string
  readonly #frame: (it: object) => string
  readonly #read: ReadManifest | undefined
  #seq = -1
  #last: object | undefined

  constructor(site: Site, id: string, frame: (it: object) => string, read?: ReadManifest) {
    this.#site = site
    this.#id = id
    this.#frame = frame
    this.#read = read
  }

  /** What changed since it was asked last: the whole object. */
  async news(): Promise<string | undefined> {
    const { engine } = this.#site.pinnace
    const row = isGone(engine) ? undefined : await findRun(engine, this.#id)
    if (row === undefined) return this.#gone()
    const seq = await lastSeq(engine, row.key)
    if (seq === this.#seq) return undefined
    const type = this.#seq < 0 ? "ADDED" : "MODIFIED"
    this.#seq = seq
    this.#last = await workflowObject(this.#site, this.#id, everything, this.#read)
    return this.#last === undefined ? undefined : this.#frame({ type, object: this.#last })
  }

  #gone(): string | undefined {
    const object = this.#last
    this.#last = undefined
    return object === undefined || isGone(this.#site.pinnace.engine)
      ? undefined
      : this.#frame({ type: "DELETED", object })
  }
}

/** There are no events of Kubernetes here: the stream is open, and nothing comes. */
const silence = (call: Call): Response =>
  streamed(call, {
    take: () => Promise.resolve(undefined),
    isOver: () => Promise.resolve(isGone(call.site.pinnace.engine)),
    listen: () => () => {}
  })

/** The routes. */
export const watchRoutes: ReadonlyArray<Route<Site>> = [
  { method: "GET", pattern: "/api/v1/workflow-events/:ns", answer: watch },
  { method: "GET", pattern: "/api/v1/stream/events/:ns", answer: silence },
  { method: "POST", pattern: "/api/v1/events/:ns/:discriminator", answer: () => json({}) },
  { method: "POST", pattern: "/api/v1/events/:ns/", answer: () => json({}) }
]
