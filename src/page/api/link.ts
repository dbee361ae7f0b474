/**
 * A tab's link to the feed: through the worker that all tabs share, through the tab that they elect where there is no
 * such worker, or a feed of its own where there is neither.
 */
import type { Asking } from "./Client.ts"
import { canElect, electedHub } from "./election.ts"
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

/** A link to a hub that is reached by `say`. */
const throughHub = (asking: Asking, say: (saying: Saying) => void): Link => {
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

const hearing = ({ tell, token }: Ears) => (heard: Heard): void =>
  heard.t === "token" ? token(heard.token) : tell(heard)

const shared = (asking: Asking, ears: Ears): Link => {
  const worker = new SharedWorker(new URL("./feedWorker.ts", import.meta.url), { type: "module", name: "pinnace" })
  const hear = hearing(ears)
  worker.port.onmessage = ({ data }: MessageEvent) => hear(data as Heard)
  return throughHub(asking, (saying) => worker.port.postMessage(saying))
}

const elected = (asking: Asking, ears: Ears): Link => {
  let wish: Wish = { runs: {} }
  let isJoined = false
  const say = electedHub(hearing(ears), () => {
    if (isJoined) again()
  })
  const link = throughHub(asking, say)
  const again = (): void => {
    link.join()
    link.want(wish)
  }
  return {
    ...link,
    join: () => {
      isJoined = true
      link.join()
    },
    want: (wanted) => {
      wish = wanted
      link.want(wanted)
    }
  }
}

/** The link of this tab. */
export const linkOf = (asking: Asking, ears: Ears): Link => {
  if (typeof SharedWorker !== "undefined") return shared(asking, ears)
  return canElect() ? elected(asking, ears) : own(asking, ears)
}
