/** The server as a function from requests to answers: for an app that has a server already, and for ours. */
import type { Pinnace } from "../embed/Pinnace.ts"
import { admit } from "../workflow/admit.ts"
import { demand } from "../workflow/values.ts"
import { type Asked, guard, type GuardConfig, pathOf, type Verdict } from "./guard/guard.ts"
import { originHeaders, securityHeaders } from "./guard/security.ts"
import { tokenCheck } from "./guard/token.ts"
import { type HandlerOptions, handlerRules } from "./HandlerOptions.ts"
import { problem, withHeaders } from "./http/reply.ts"
import { answerAt, isOpenPath } from "./routes.ts"
import type { Site } from "./Site.ts"
import { siteOf } from "./siteOf.ts"

/** Answers requests about an engine. */
export interface Handler {
  (request: Request): Promise<Response>
  /** Ends the streams that clients read; the engine stays open. */
  readonly close: () => void
}

/**
 * Answers requests about an engine, for your app's own server. It checks who asks first: give it a `token`, or
 * `authorize`. Throws `InvalidValue` for options that cannot be.
 */
export const handler = <R>(pinnace: Pinnace<R>, options: HandlerOptions): Handler =>
  handlerAt(pinnace, options, () => loopback)

/** The same for a server that knows under which names it is called on this machine. */
export const handlerAt = <R>(
  pinnace: Pinnace<R>,
  options: HandlerOptions,
  names: () => ReadonlyArray<string>
): Handler => {
  const admitted = admit<HandlerOptions>("the options of a handler", options, handlerRules)
  if (admitted.token === undefined && admitted.authorize === undefined) {
    demand("the options of a handler", {
      what: "do not say who may ask",
      hint: 'Give "token", or "authorize" where your app knows its users'
    })
  }
  // tidy: allow Date.now — tickets run out, and answers are timed, by the clock of this host
  const now = () => Date.now()
  const site = siteOf(pinnace as unknown as Pinnace, admitted, now)
  const answer = (request: Request): Promise<Response> =>
    answered(site, { ...admitted, hosts: [...names(), ...admitted.hosts ?? []] }, request)
  return Object.assign(answer, { close: () => site.streams.close() })
}

/** The names of this machine for itself. */
export const loopback: ReadonlyArray<string> = ["127.0.0.1", "localhost", "[::1]"]

const answered = async (site: Site, options: HandlerOptions, request: Request): Promise<Response> => {
  const began = site.now()
  const url = new URL(request.url)
  const target = `${url.pathname}${url.search}`
  const header = (name: string) => request.headers.get(name) ?? (name === "host" ? url.host : undefined)
  const verdict = await verdictOf({ method: request.method, target, header }, site, options, request)
  const response = secured(verdict, await judged(site, request, url, verdict))
  options.onAnswer?.({
    who: verdict.allowed === true ? verdict.who : "",
    method: request.method,
    path: pathOf(target).replace(ticket, "/t/…/"),
    status: response.status,
    took: site.now() - began
  })
  return response
}

/** A ticket is as good as a token for as long as it lasts: who reads a log must not have it. */
const ticket = /\/t\/[^/]+\//

/** Judges a request. An app is asked who sent it only where that matters: not for health, nor for foreign pages. */
const verdictOf = async (asked: Asked, site: Site, options: HandlerOptions, request: Request): Promise<Verdict> => {
  const { authorize, hosts = [], origins = [], token = {} } = options
  const isOpen = (method: string, path: string) => isOpenPath(site, method, path)
  const judge = (whoIs: GuardConfig["whoIs"]) => guard(asked, { hosts, origins, whoIs, isOpen })
  if (authorize === undefined) return judge(checkOf(token))
  const nobody = judge(() => undefined)
  if (nobody.allowed !== false || nobody.status !== 401) return nobody
  const who = await authorize(request)
  // `null`, `false` and an empty name are nobody as well, whatever an app's types say.
  return typeof who === "string" && who !== "" ? judge(() => who) : nobody
}

const checks = new WeakMap<object, ReturnType<typeof tokenCheck>>()

const checkOf = (token: string | Readonly<Record<string, string>>) => {
  if (typeof token === "string") return tokenCheck({ token })
  const known = checks.get(token) ?? tokenCheck(token)
  checks.set(token, known)
  return known
}

const judged = (site: Site, request: Request, url: URL, verdict: Verdict): Promise<Response> | Response => {
  if (verdict.allowed === true) return answerAt(site, request, url, verdict.who)
  if (verdict.allowed === "preflight") return new Response(null, { status: 204 })
  const headers: Readonly<Record<string, string>> = verdict.status === 401
    ? { "www-authenticate": 'Bearer realm="pinnace"' }
    : {}
  return withHeaders(problem(verdict.status, "NotAllowed", verdict.message), headers)
}

const secured = (verdict: Verdict, response: Response): Response => {
  const origin = verdict.allowed !== false && "origin" in verdict ? verdict.origin : undefined
  return withHeaders(response, { ...(origin === undefined ? {} : originHeaders(origin)), ...securityHeaders })
}
