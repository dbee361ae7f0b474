/** Artifacts: which there are, their bytes by ranges, links to them, and what is to become of them. */
import type { ArtifactFilter, CollectOptions } from "../../engine/observe/artifacts.ts"
import type { SweepOptions } from "../../engine/observe/sweep.ts"
import type { ArtifactView } from "../../run/view.ts"
import { API } from "../Api.ts"
import { json } from "../http/reply.ts"
import { readableAt, storedBytes } from "../http/stored.ts"
import type { Route } from "../http/Route.ts"
import { artifactOf } from "../reads.ts"
import type { Site } from "../Site.ts"
import { bodyOf, type Call, flagOf, numberOf } from "./asked.ts"
import { NotFound } from "./failed.ts"

const one = `${API}/artifacts/:artifact`

const there = async ({ params, site }: Call): Promise<ArtifactView> => {
  const found = await artifactOf(site.pinnace.engine, params["artifact"]!)
  if (found === undefined) throw new NotFound("There is no such artifact: list them to see their ids")
  return found
}

const bytes = async (call: Call): Promise<Response> => {
  const { query, request, site } = call
  const row = await there(call)
  const readable = await readableAt(site, row)
  if (readable instanceof Response) return readable
  const { mediaType, name } = row
  const showing = { name, mediaType, download: flagOf(query, "download"), scripts: !flagOf(query, "plain") }
  return storedBytes(readable, row, request.headers.get("range"), showing)
}

const ticket = async (call: Call): Promise<Response> => {
  const { artifact, name } = await there(call)
  const flags = ["download", "plain"].filter((it) => flagOf(call.query, it)).join("&")
  const { expires, id } = call.site.tickets.give(
    call.who,
    `${API}/artifacts/${encodeURIComponent(artifact)}/bytes?${flags}`
  )
  return json({ url: `${call.site.base}/t/${id}/${encodeURIComponent(name).replace(/%(?:2F|5C|00)/gi, "_")}`, expires })
}

const filterOf = (query: URLSearchParams): ArtifactFilter => {
  const states = query.getAll("state").flatMap((it) => it.split(",")).filter((it) => it !== "")
  const limit = numberOf(query, "limit")
  const [after, run] = [query.get("after"), query.get("run")]
  return {
    ...(run === null ? {} : { run }),
    ...(after === null ? {} : { after }),
    ...(states.length === 0 ? {} : { states: states as NonNullable<ArtifactFilter["states"]> }),
    limit: Math.min(limit ?? 1_000, 10_000)
  }
}

/** The routes. */
export const artifactRoutes: ReadonlyArray<Route<Site>> = [
  {
    method: "GET",
    pattern: `${API}/artifacts`,
    answer: async ({ query, site }) => json(await site.pinnace.artifacts(filterOf(query)))
  },
  { method: "GET", pattern: one, answer: async (call) => json(await there(call)) },
  { method: "GET", pattern: `${one}/bytes`, answer: bytes },
  { method: "POST", pattern: `${one}/ticket`, answer: ticket },
  {
    method: "PUT",
    pattern: `${one}/pin`,
    acts: true,
    answer: async (call) => {
      const { pinned = true } = await bodyOf(call)
      return json(await call.site.pinnace.pin((await there(call)).artifact, pinned as boolean))
    }
  },
  {
    method: "POST",
    pattern: `${API}/gc`,
    acts: true,
    answer: async (call) => json(await call.site.pinnace.gc(await bodyOf(call) as CollectOptions))
  },
  {
    method: "POST",
    pattern: `${API}/sweep`,
    acts: true,
    answer: async (call) => json(await call.site.pinnace.sweep(await bodyOf(call) as SweepOptions))
  }
]
