/** Which part of the server answers a path: health, the page, links to files, our API, Argo's. */
import type { Actor } from "../run/actor.ts"
import { untilRead } from "./guard/Turns.ts"
import { problem, text } from "./http/reply.ts"
import { API, type Api } from "./Api.ts"
import { type Call, type Route, routing, signature } from "./http/Route.ts"
import { pageRoutes } from "./page/page.ts"
import type { Site } from "./Site.ts"

const isOurs = (path: string): boolean => path === API || path.startsWith(`${API}/`)

const argos = [
  "/api/v1/",
  "/artifacts/",
  "/input-artifacts/",
  "/artifacts-by-uid/",
  "/input-artifacts-by-uid/",
  "/artifact-files/",
  "/upload-artifacts/"
]
const isArgos = (path: string): boolean => argos.some((it) => path.startsWith(it))

/** Whether a path is for everybody who may call this server at all. */
export const isOpenPath = (site: Site, method: string, path: string): boolean => {
  const own = ownPath(site, path)
  return (method === "GET" || method === "HEAD") && own !== undefined &&
    (["/", "/healthz", "/livez", "/readyz"].includes(own) || own.startsWith("/assets/") || own.startsWith("/t/"))
}

/** Answers a request that passed the guard. */
export const answerAt = async (site: Site, request: Request, url: URL, who: string): Promise<Response> => {
  const path = ownPath(site, url.pathname)
  if (path === undefined) return notFound(url.pathname)
  const { failed, routes } = await apiOf(path)
  const match = tableOf(routes)(request.method, path)
  if (match.found === "nothing") return notFound(url.pathname)
  if (match.found === "method") return wrongMethod(match.allowed)
  if (match.route.acts === true && site.readOnly) return readOnly()
  if (match.route.method !== "GET" && !await isTurn(site)) return failed(tooOften)
  const { params, route } = match
  const call = {
    site: route.method === "GET" ? site : askedBy(site, who),
    request,
    url,
    params,
    query: url.searchParams,
    who
  }
  try {
    const done = async (request: Request): Promise<Response> =>
      route.heavy === undefined ? route.answer({ ...call, request }) : inTurn(route, { ...call, request })
    const response = await (route.acts === true ? site.repeats.once(who, request, done) : done(request))
    return request.method === "HEAD" ? await bodiless(response) : response
  } catch (error) {
    return failed(error)
  }
}

/** The same site for whoever asks: what is done is recorded with the name of the token. */
const askedBy = (site: Site, who: string): Site => {
  const by: Actor = { name: signature(who), via: "server" }
  return { ...site, by, pinnace: site.pinnace.as(by) }
}

/** Makes a large answer when it is its turn. */
const inTurn = async ({ answer, heavy = "answer", method }: Route<Site>, call: Call<Site>): Promise<Response> => {
  const end = await call.site.turns[heavy].take(call.request.signal)
  if (end === undefined) throw tooBusy
  let isHeld = false
  try {
    const response = await answer(call)
    isHeld = heavy === "file" && method === "GET"
    return isHeld ? untilRead(response, end) : response
  } finally {
    if (!isHeld) end()
  }
}

/** The path beneath where the server is mounted. */
const ownPath = ({ base }: Site, path: string): string | undefined => {
  if (base === "") return path
  if (path === base) return "/"
  return path.startsWith(`${base}/`) ? path.slice(base.length) : undefined
}

const apiOf = async (path: string): Promise<Api> => {
  if (isOurs(path)) return (await import("./api/api.ts")).api
  return isArgos(path) ? (await import("./argo/argo.ts")).argo : ground
}

const tables = new WeakMap<ReadonlyArray<Route<Site>>, ReturnType<typeof routing<Site>>>()

const tableOf = (routes: ReadonlyArray<Route<Site>>) => {
  const table = tables.get(routes) ?? routing(routes)
  tables.set(routes, table)
  return table
}

const notFound = (path: string): Response =>
  problem(404, "NotFound", `There is nothing at ${path}. The API of this server begins with ${API}`)

const wrongMethod = (allowed: ReadonlyArray<string>): Response => {
  const response = problem(405, "NotAllowed", `Use ${allowed.join(", ")} here`)
  response.headers.set("allow", allowed.join(", "))
  return response
}

const readOnly = (): Response =>
  problem(405, "ReadOnly", "This server only shows runs. Start it without --read-only to act on them")

/** An answer without its body; whatever was opened for the body is closed. */
const bodiless = async (response: Response): Promise<Response> => {
  await response.body?.cancel()
  return new Response(null, response)
}

/** Waits until an action may begin; answers whether it may. */
const isTurn = async ({ actions }: Site): Promise<boolean> => {
  const delay = actions.delay()
  if (delay !== undefined && delay > 0) await new Promise((resolve) => setTimeout(resolve, delay))
  return delay !== undefined
}

/** Each API tells of it in its own words. */
const tooOften = Object.assign(
  new Error(
    "There are too many actions at once: 200 may come together, and 20 a second in the long run. Try again later"
  ),
  {
    _tag: "TooOften"
  }
)

const tooBusy = Object.assign(new Error("Too many large answers at once. Try again later"), {
  _tag: "TooBusy"
})

const ready = async ({ pinnace }: Site): Promise<Response> => {
  const wrong = (await pinnace.health()).checks.filter(({ ok }) => !ok)
  return wrong.length === 0
    ? text("ready\n")
    : text(wrong.map(({ message }) => `not ready: ${message}\n`).join(""), 503)
}

/** Does not ask storage: that it is slow is not a reason to start the process again. */
const alive = ({ pinnace: { engine } }: Site): Response =>
  engine.closed || engine.fault !== undefined ? text("not alive\n", 503) : text("ok\n")

const metrics = async ({ pinnace: { engine } }: Site): Promise<Response> => {
  const { prometheusOf } = await import("../embed/metrics.ts")
  const headers = { "content-type": "text/plain; version=0.0.4; charset=utf-8" }
  return new Response(await prometheusOf(engine), { headers })
}

/** What is not part of an API. */
const ground: Api = {
  routes: [
    ...pageRoutes,
    { method: "GET", pattern: "/healthz", answer: () => text("ok\n") },
    { method: "GET", pattern: "/livez", answer: ({ site }) => alive(site) },
    { method: "GET", pattern: "/readyz", answer: ({ site }) => ready(site) },
    { method: "GET", pattern: "/metrics", answer: ({ site }) => metrics(site) },
    {
      method: "GET",
      pattern: "/t/:id/*",
      answer: ({ params, request, site, url }) => {
        const target = site.tickets.target(params["id"]!)
        if (target === undefined) return problem(404, "NotFound", "This link has run out. Ask for a new one")
        const there = new URL(`${site.base}${target}`, url)
        return answerAt(site, new Request(there, { headers: request.headers, signal: request.signal }), there, "ticket")
      }
    }
  ],
  failed: () => problem(500, "Unexpected", "Something unexpected went wrong")
}
