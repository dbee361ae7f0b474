/**
 * The page's way to its server: who it is, requests, what is told as it happens.
 *
 * Owns: the token of this tab, its link to the feed, who listens. Does not own: what is known of runs.
 */
import { signal } from "@preact/signals"
import { apiOf, ask, type Asking, Problem } from "./Client.ts"
import type { Standing, Tidings } from "./Feed.ts"
import { linkOf } from "./link.ts"

const key = "pinnace-token"

/** Takes the token out of the address, so that it is in no bookmark and no history. */
const takeToken = (): string => {
  const given = /^#token=(.+)$/.exec(location.hash)?.[1]
  if (given === undefined) return sessionStorage.getItem(key) ?? ""
  sessionStorage.setItem(key, decodeURIComponent(given))
  history.replaceState(null, "", `${location.pathname}${location.search}#/runs`)
  return decodeURIComponent(given)
}

let token = takeToken()
const asking: Asking = { base: apiOf(location.href), token: () => token }

/** The token is there: asked of other tabs where this one has none. */
const tokenIsKnown = Promise.withResolvers<void>()

/** How the connection stands. */
export const standing = signal<Standing>({ is: "connecting" })

const listeners = new Set<(tidings: Tidings) => void>()
const wishes = new Map<object, Readonly<Record<string, number>>>()

const link = linkOf(asking, {
  tell: (tidings) => {
    if (tidings.t === "standing") standing.value = tidings.standing
    for (const listen of [...listeners]) listen(tidings)
  },
  token: (given) => {
    if (given !== "") keep(given)
    tokenIsKnown.resolve()
  }
})

const keep = (given: string): void => {
  token = given
  sessionStorage.setItem(key, given)
}

/** Begins to listen. */
export const connect = (): void => link.join()

/** Hears what is told, until the returned function is called. */
export const hear = (listen: (tidings: Tidings) => void): () => void => {
  listeners.add(listen)
  return () => void listeners.delete(listen)
}

/** Says for somebody which runs it follows; none ends that. */
export const follow = (who: object, runs: Readonly<Record<string, number>> | undefined): void => {
  if (runs === undefined) wishes.delete(who)
  else wishes.set(who, runs)
  link.want({ runs: Object.assign({}, ...wishes.values()) })
}

/** Tries at once to connect again. */
export const hurry = (): void => link.hurry()

/** Takes another token, as a person typed it: the address as printed, or the token alone. */
export const useToken = (text: string): void => {
  keep(/#token=(\S+)/.exec(text)?.[1] ?? text.trim())
  link.useToken(token)
  link.hurry()
}

/** Asks for JSON. Throws `Problem`. */
export const get = async <A>(path: string, abort?: AbortSignal): Promise<A> =>
  noteRefusal(async () => await (await ask(asking, "GET", path, undefined, abort)).json() as A)

/** Does something by Argo's API. Throws `Problem`. */
export const sendArgo = <A>(method: "POST" | "PUT", path: string, body: unknown = {}): Promise<A> =>
  noteRefusal(async () => {
    const argo = { ...asking, base: asking.base.replace(/pinnace\/v1$/, "api/v1") }
    return await (await ask(argo, method, path, body)).json() as A
  })

/** Asks for a file. Throws `Problem`. */
export const getFile = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  noteRefusal(() => ask(asking, "GET", path, undefined, undefined, headers))

/** The address of what lies beside the page, such as `/t/…`, for links that others open. */
export const pageUrl = (path: string): string => new URL(path, location.href).href

/** Does something. Throws `Problem`. */
export const send = async <A>(method: "POST" | "PUT" | "DELETE", path: string, body: unknown = {}): Promise<A> =>
  noteRefusal(async () => await (await ask(asking, method, path, body)).json() as A)

const noteRefusal = async <A>(request: () => Promise<A>): Promise<A> => {
  await tokenIsKnown.promise
  try {
    return await request()
  } catch (error) {
    if (error instanceof Problem && error.status === 401) standing.value = { is: "refused" }
    throw error
  }
}
