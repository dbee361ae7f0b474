/** A tab's link to the feed: through the worker that all tabs share, or a feed of its own where there is none. */
import type { Asking } from "./Client.ts"
import { Feed, type Tidings, type Wish } from "./Feed.ts"
import type { Heard, Saying } from "./feedWorker.ts"

/** The link. */
export interface Link {
  readonly join: () => void
  readonly want: (wish: Wish) => void
  readonly hurry: () => void
  readonly useToken: (token: string) => void
}

/** What a link tells the tab. */
export interface Ears {
  readonly tell: (tidings: Tidings) => void
  /** The token that the tabs share; empty when none has it. */
  readonly token: (token: string) => void
}

const own = (asking: Asking, { tell, token }: Ears): Link => {
  const feed = new Feed(asking)
  return {
    join: () => {
      token(asking.token())
      feed.join(1, tell)
    },
    want: (wish) => feed.want(1, wish),
    hurry: () => feed.hurry(),
    useToken: () => feed.hurry()
  }
}

const shared = (asking: Asking, { tell, token }: Ears): Link => {
  const worker = new SharedWorker(new URL("./feedWorker.ts", import.meta.url), { type: "module", name: "pinnace" })
  const say = (saying: Saying): void => worker.port.postMessage(saying)
  worker.port.onmessage = ({ data }: MessageEvent) => {
    const heard = data as Heard
    if (heard.t === "token") token(heard.token)
    else tell(heard)
  }
  const join = (token = asking.token()): void => say({ t: "join", base: asking.base, token })
  // A page that is put aside hears nothing, and comes back as it was.
  addEventListener("pagehide", () => say({ t: "leave" }))
  addEventListener("pageshow", ({ persisted }) => {
    // The others may have another token by now.
    if (persisted) join("")
  })
  return {
    join: () => join(),
    want: (wish) => say({ t: "want", wish }),
    hurry: () => say({ t: "hurry" }),
    useToken: (given) => say({ t: "token", token: given })
  }
}

/** The link of this tab. */
export const linkOf = (asking: Asking, ears: Ears): Link =>
  typeof SharedWorker === "undefined" ? own(asking, ears) : shared(asking, ears)
