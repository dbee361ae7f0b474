/**
 * Who may ask: one rule for every request, before anything else looks at it. A page of another site, a program of
 * another user and a name that was bound to this address by somebody else must all get nowhere.
 */
import { targetFault } from "./target.ts"

/** What the rule looks at. */
export interface Asked {
  readonly method: string
  /** Path and query as they were sent. */
  readonly target: string
  readonly header: (name: string) => string | undefined
}

/** What is allowed. */
export interface GuardConfig {
  /** Names under which this server may be called, with a port where that matters; `*` is any. */
  readonly hosts: ReadonlyArray<string>
  /** Origins of other pages that may call it, such as `https://flows.example.com`. */
  readonly origins: ReadonlyArray<string>
  /** Who sent this `Authorization` header; `undefined` for nobody who is known. */
  readonly whoIs: (authorization: string | undefined) => string | undefined
  /** Whether a path is for everybody: health, the page's own files, tickets. */
  readonly isOpen: (method: string, path: string) => boolean
}

/** What becomes of a request. */
export type Verdict =
  | { readonly allowed: true; readonly who: string; readonly origin?: string }
  /** The question of a browser whether a page of an allowed origin may ask. */
  | { readonly allowed: "preflight"; readonly origin: string }
  | { readonly allowed: false; readonly status: number; readonly message: string }

const methods = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])

/** Judges one request. */
export const guard = (asked: Asked, config: GuardConfig): Verdict => {
  const fault = targetFault(asked.target)
  if (fault !== undefined) return no(400, fault)
  const host = asked.header("host") ?? ""
  if (!isAllowedHost(host, config.hosts)) {
    return no(
      421,
      `This server does not answer for the host ${
        JSON.stringify(host.slice(0, 100))
      }. Use the address it printed, or allow the name`
    )
  }
  const origin = asked.header("origin")
  const foreign = origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`
  if (foreign && !config.origins.includes(origin)) return no(403, "Pages of other origins may not call this server")
  const site = asked.header("sec-fetch-site")
  if (!foreign && site !== undefined && site !== "same-origin" && site !== "none") {
    return no(403, "Pages of other sites may not call this server")
  }
  const outside = foreign ? { origin } : {}
  if (!methods.has(asked.method)) return no(405, `The method ${asked.method.slice(0, 20)} means nothing here`)
  if (asked.method === "OPTIONS") {
    return foreign
      ? { allowed: "preflight", origin }
      : no(403, "OPTIONS is for pages of other origins, and none is allowed")
  }
  if (config.isOpen(asked.method, pathOf(asked.target))) return { allowed: true, who: "", ...outside }
  const who = config.whoIs(asked.header("authorization"))
  return who === undefined
    ? no(401, "Send the token as `Authorization: Bearer TOKEN`")
    : { allowed: true, who, ...outside }
}

const no = (status: number, message: string): Verdict => ({ allowed: false, status, message })

/** The path of a target, without its query. */
export const pathOf = (target: string): string => {
  const at = target.indexOf("?")
  return at < 0 ? target : target.slice(0, at)
}

const isAllowedHost = (host: string, allowed: ReadonlyArray<string>): boolean => {
  if (!/^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i.test(host)) return false
  const lower = host.toLowerCase()
  const name = lower.replace(/:\d+$/, "")
  return allowed.some((it) => it === "*" || it === lower || it === name)
}
