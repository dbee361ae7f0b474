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

/** Another token was given. */
let isGiven = Promise.withResolvers<void>()

const keep = (given: string): void => {
  token = given
  sessionStorage.setItem(key, given)
  isGiven.resolve()
  isGiven = Promise.withResolvers()
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
  once({ ...asking, base: asking.base.replace(/pinnace\/v1$/, "api/v1") }, method, path, body)

/** Asks for a file. Throws `Problem`. */
export const getFile = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  noteRefusal(() => ask(asking, "GET", path, undefined, undefined, headers))

/** The address of what lies beside the page, such as `/t/…`, for links that others open. */
export const pageUrl = (path: string): string => new URL(path, location.href).href

/** Does something. Throws `Problem`. */
export const send = <A>(method: "POST" | "PUT" | "DELETE", path: string, body: unknown = {}): Promise<A> =>
  once(asking, method, path, body)

/** Keys of requests of which it is not known what became of them. */
const unanswered = new Map<string, string>()

/** Whoever acts from now on means something new, and not once more what was not answered. */
export const actAnew = (): void => unanswered.clear()

/** What is sent again since no answer came is sent with the same key, by which the server does it once. */
const once = <A>(to: Asking, method: string, path: string, body: unknown): Promise<A> => {
  const request = `${method} ${path} ${JSON.stringify(body)}`
  const own = unanswered.get(request) ?? btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))))
  unanswered.set(request, own)
  return noteRefusal(async () => {
    try {
      const response = await ask(to, method, path, body, undefined, { "idempotency-key": own })
      const answer = await response.json() as A
      unanswered.delete(request)
      return answer
    } catch (error) {
      if (error instanceof Problem && error.status > 0) unanswered.delete(request)
      throw error
    }
  })
}

/** Grows a while after something could not be asked: whatever is missing on the page since is asked for again. */
export const tries = signal(0)
let isSoon = false

const trySoon = (): void => {
  if (isSoon) return
  isSoon = true
  setTimeout(() => {
    isSoon = false
    tries.value++
  }, 3_000)
}

/** What is refused for its token waits for another one, and is asked again. */
const noteRefusal = async <A>(request: () => Promise<A>): Promise<A> => {
  await tokenIsKnown.promise
  while (true) {
    const used = token
    try {
      return await request()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      if (error.status === 0) trySoon()
      if (error.status !== 401) throw error
      if (used !== token) continue
      standing.value = { is: "refused" }
      await isGiven.promise
    }
  }
}
