/**
 * The worker that all tabs of a browser share: one stream of the server for all of them, and the token for tabs that
 * were opened without it.
 *
 * Owns: the feed, the token while any tab is open. Does not own: what tabs know.
 */
import { Feed, type Tidings, type Wish } from "./Feed.ts"

/** What a tab says. */
export type Saying =
  | { readonly t: "join"; readonly base: string; readonly token: string }
  | { readonly t: "want"; readonly wish: Wish }
  | { readonly t: "token"; readonly token: string }
  | { readonly t: "hurry" }
  | { readonly t: "leave" }

/** What a tab is told. */
export type Heard = Tidings | { readonly t: "token"; readonly token: string }

interface Scope {
  onconnect: (event: MessageEvent) => void
}

let [token, base, count] = ["", "", 0]
const feed = new Feed({
  get base() {
    return base
  },
  token: () => token
})
const ports = new Set<MessagePort>()

const take = (given: string): void => {
  if (given === "" || given === token) return
  token = given
  for (const port of ports) port.postMessage({ t: "token", token } satisfies Heard)
  feed.hurry()
}

const answer = (port: MessagePort, id: number, said: Saying): void => {
  switch (said.t) {
    case "join":
      base = said.base
      ports.add(port)
      take(said.token)
      port.postMessage({ t: "token", token } satisfies Heard)
      return feed.join(id, (tidings) => port.postMessage(tidings))
    case "want":
      return feed.want(id, said.wish)
    case "token":
      return take(said.token)
    case "hurry":
      return feed.hurry()
    case "leave":
      ports.delete(port)
      return feed.leave(id)
  }
}

const scope = globalThis as unknown as Scope

scope.onconnect = (event) => {
  const [port] = event.ports
  const id = ++count
  port!.onmessage = ({ data }: MessageEvent) => answer(port!, id, data as Saying)
}
