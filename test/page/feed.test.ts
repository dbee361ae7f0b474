/** The one stream of a browser, against a server that is slow, forgets, or says nothing. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { Feed, type Tidings } from "../../src/page/api/Feed.ts"

interface Post {
  readonly sid: string
  readonly runs: unknown
  readonly answer: (status: number) => void
}

/** A server by hand: streams that are told what to say, wishes that are answered when the test says so. */
class Server {
  readonly posts: Array<Post> = []
  readonly streams: Array<ReadableStreamDefaultController<Uint8Array>> = []

  readonly fetch = (url: string, { body, method, signal }: RequestInit): Promise<Response> =>
    new Promise((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason))
      if (method === "GET") return resolve(new Response(this.#stream(signal!)))
      const { runs } = JSON.parse(String(body)) as { readonly runs: unknown }
      const answer = (status: number): void => resolve(new Response("{}", { status }))
      this.posts.push({ sid: url.split("/").at(-1)!, runs, answer })
    })

  /** Says something on the newest stream. */
  say(line: object): void {
    this.streams.at(-1)!.enqueue(new TextEncoder().encode(`${JSON.stringify(line)}\n`))
  }

  #stream(signal: AbortSignal): ReadableStream<Uint8Array> {
    return new ReadableStream({
      start: (controller) => {
        this.streams.push(controller)
        signal.addEventListener("abort", () => controller.error(signal.reason))
      }
    })
  }
}

/** Lets all that is under way happen: streams take several turns. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

describe("the one stream of a browser", () => {
  let server: Server
  let feed: Feed
  let told: Array<Tidings>

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    server = new Server()
    vi.stubGlobal("fetch", server.fetch)
    told = []
    feed = new Feed({ base: "http://server", token: () => "" })
    feed.join(1, (it) => told.push(it))
    await settle()
    server.say({ t: "hello", sid: "first", now: 0 })
    await settle()
    server.posts[0]!.answer(200)
    await settle()
  })
  afterEach(() => {
    feed.leave(1)
    vi.unstubAllGlobals()
    vi.useRealTimers()
  })

  const standings = () => told.flatMap((it) => it.t === "standing" ? [it.standing.is] : [])
  const wishes = () => server.posts.slice(1).map(({ runs }) => runs)

  it("tells wishes one after the other, the latest last", async () => {
    feed.want(1, { runs: { a: 1 } })
    feed.want(1, { runs: {} })
    feed.want(1, { runs: { b: 2 } })
    await settle()
    expect(wishes()).toEqual([{ a: 1 }])
    server.posts[1]!.answer(200)
    await settle()
    expect(wishes()).toEqual([{ a: 1 }, { b: 2 }])
    server.posts[2]!.answer(200)
    await settle()
    expect(told.at(-1)).toEqual({ t: "following", runs: ["b"] })
    expect(wishes()).toHaveLength(2)
  })

  it.each([429, 500, 503])(
    "tells a wish again that the server did not take in, since it answered %i",
    async (status) => {
      feed.want(1, { runs: { a: 1 } })
      await settle()
      server.posts[1]!.answer(status)
      await settle()
      await vi.advanceTimersByTimeAsync(1_000)
      await settle()
      expect(wishes()).toEqual([{ a: 1 }, { a: 1 }])
    }
  )

  it("does not repeat what the server will never take in", async () => {
    feed.want(1, { runs: { a: 1 } })
    await settle()
    server.posts[1]!.answer(400)
    await settle()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(wishes()).toEqual([{ a: 1 }])
  })

  it("connects again when the server knows its stream no more, and tells the wish there", async () => {
    feed.want(1, { runs: { a: 1 } })
    await settle()
    server.posts[1]!.answer(404)
    await settle()
    expect(standings().at(-1)).toBe("lost")
    await vi.advanceTimersByTimeAsync(1_000)
    await settle()
    server.say({ t: "hello", sid: "second", now: 0 })
    await settle()
    await vi.advanceTimersByTimeAsync(1_000)
    await settle()
    expect(standings().at(-1)).toBe("live")
    expect(server.posts.at(-1)).toMatchObject({ sid: "second", runs: { a: 1 } })
  })

  it("takes a stream that says nothing for three beats for lost, and no other", async () => {
    for (let beat = 0; beat < 8; beat++) {
      await vi.advanceTimersByTimeAsync(15_000)
      server.say({ t: "beat", now: beat })
      await settle()
    }
    expect(standings().at(-1)).toBe("live")
    await vi.advanceTimersByTimeAsync(46_000)
    await settle()
    expect(standings()).toContain("lost")
    await vi.advanceTimersByTimeAsync(1_000)
    await settle()
    expect(server.streams).toHaveLength(2)
  })
})
