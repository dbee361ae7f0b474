/**
 * What all tabs of a browser share, wherever it lives: one stream of the server for all of them, and the token for tabs
 * that were opened without it.
 *
 * Owns: the feed, the token while any tab is there. Does not own: what tabs know, how they are reached.
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

/** The way to a tab. */
export type Tell = (heard: Heard) => void

/** The hub; a tab is known by any value of its own. */
export class Hub<Tab> {
  readonly #tabs = new Map<Tab, { readonly id: number; readonly tell: Tell }>()
  readonly #feed: Feed
  #token = ""
  #base = ""
  #count = 0

  constructor() {
    const base = (): string => this.#base
    this.#feed = new Feed({
      get base() {
        return base()
      },
      token: () => this.#token
    })
  }

  /** Takes in what a tab says. */
  hear(tab: Tab, said: Saying, tell: Tell): void {
    const known = this.#tabs.get(tab)
    if (said.t === "join") return this.#join(tab, said, tell)
    if (said.t === "want") return void (known !== undefined && this.#feed.want(known.id, said.wish))
    if (said.t === "token") return this.#take(said.token)
    if (said.t === "hurry") return this.#feed.hurry()
    if (known === undefined) return
    this.#tabs.delete(tab)
    this.#feed.leave(known.id)
  }

  #join(tab: Tab, { base, token }: Extract<Saying, { readonly t: "join" }>, tell: Tell): void {
    const id = this.#tabs.get(tab)?.id ?? ++this.#count
    this.#base = base
    this.#tabs.set(tab, { id, tell })
    this.#take(token)
    tell({ t: "token", token: this.#token })
    this.#feed.join(id, tell)
  }

  #take(given: string): void {
    if (given === "" || given === this.#token) return
    this.#token = given
    for (const { tell } of this.#tabs.values()) tell({ t: "token", token: given })
    this.#feed.hurry()
  }
}
