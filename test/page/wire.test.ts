/** The one stream of a browser on a bad wire: cut, slow, answers late or lost, wishes that change meanwhile. */
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { Feed, type Tidings } from "../../src/page/api/Feed.ts"

const runs = ["a", "b", "c"] as const

/** Numbers from a seed. */
const drawing = (seed: number) => {
  let state = seed
  const draw = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { below: (end: number): number => Math.floor(draw() * end) }
}

type Draw = ReturnType<typeof drawing>

/** A stream of the server: what is on its way to the client, what it follows from which event on. */
interface Stream {
  readonly sid: string
  readonly lines: Array<object>
  readonly follows: Map<string, number>
  readonly out: ReadableStreamDefaultController<Uint8Array>
  isOver: boolean
}

interface Post {
  readonly sid: string
  readonly wish: Readonly<Record<string, number>>
  readonly answer: (status: number) => void
  readonly lose: () => void
  isTaken: boolean
}

/** The server and the wire to it; nothing arrives before it is told to. */
class Wire {
  /** How many events each run has. */
  readonly journal = new Map<string, number>(runs.map((id) => [id, 0]))
  readonly streams: Array<Stream> = []
  posts: Array<Post> = []

  readonly fetch = (url: string, { body, method, signal }: RequestInit): Promise<Response> =>
    new Promise((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason))
      if (method === "GET") return resolve(new Response(this.#stream(signal!)))
      const post: Post = {
        sid: url.split("/").at(-1)!,
        wish: (JSON.parse(String(body)) as { readonly runs: Post["wish"] }).runs,
        answer: (status) => resolve(new Response("{}", { status })),
        lose: () => reject(new TypeError("network")),
        isTaken: false
      }
      this.posts.push(post)
    })

  #stream(signal: AbortSignal): ReadableStream<Uint8Array> {
    return new ReadableStream({
      start: (out) => {
        const sid = String(this.streams.length)
        const stream: Stream = { sid, lines: [{ t: "hello", sid, now: 0 }], follows: new Map(), out, isOver: false }
        this.streams.push(stream)
        signal.addEventListener("abort", () => this.#end(stream, () => out.error(signal.reason)))
      }
    })
  }

  #end(stream: Stream, end: () => void): void {
    if (stream.isOver) return
    stream.isOver = true
    end()
  }

  happen(run: string): void {
    this.journal.set(run, this.journal.get(run)! + 1)
    for (const stream of this.streams) this.#send(stream)
  }

  #send({ follows, lines }: Stream): void {
    for (const [run, sent] of follows) {
      const last = this.journal.get(run)!
      for (let seq = sent + 1; seq <= last; seq++) lines.push({ t: "e", run, seq, at: 0 })
      follows.set(run, last)
    }
  }

  /** Lets one line arrive. */
  deliver(): void {
    const stream = this.streams.find(({ isOver, lines }) => !isOver && lines.length > 0)
    if (stream !== undefined) stream.out.enqueue(new TextEncoder().encode(`${JSON.stringify(stream.lines.shift())}\n`))
  }

  cut(): void {
    const stream = this.streams.at(-1)
    if (stream !== undefined) this.#end(stream, () => stream.out.close())
  }

  /** The server takes in a wish; how it answers is told later. */
  take(): void {
    const post = this.posts.find(({ isTaken }) => !isTaken)
    const stream = this.streams.find(({ sid }) => sid === post?.sid)
    if (post === undefined || stream === undefined) return
    post.isTaken = true
    for (const run of [...stream.follows.keys()]) if (!Object.hasOwn(post.wish, run)) stream.follows.delete(run)
    for (const [run, after] of Object.entries(post.wish)) if (!stream.follows.has(run)) stream.follows.set(run, after)
    this.#send(stream)
  }

  answer(how: (post: Post) => void): void {
    const post = this.posts[0]
    if (post === undefined) return
    this.posts.shift()
    how(post)
  }
}

/** A tab: it knows events in order, and reads what it missed. */
class Tab {
  readonly known = new Map<string, number>()
  readonly early: Array<string> = []
  wish: ReadonlyArray<string> = []
  #hello = ""
  readonly #wire: Wire

  constructor(wire: Wire) {
    this.#wire = wire
  }

  readonly hear = (it: Tidings): void => {
    if (it.t === "hello") this.#hello = it.sid
    if (it.t === "standing" && it.standing.is === "live") this.#read(this.wish)
    if (it.t === "e") this.#take(it.run, it.seq)
    if (it.t !== "following") return
    const stream = this.#wire.streams.find(({ sid }) => sid === this.#hello)!
    this.early.push(...it.runs.filter((run) => !stream.follows.has(run) || !this.wish.includes(run)))
    this.#read(it.runs)
  }

  #take(run: string, seq: number): void {
    const known = this.known.get(run) ?? 0
    if (seq === known + 1) this.known.set(run, seq)
    else if (seq > known) this.#read([run])
  }

  #read(runs: ReadonlyArray<string>): void {
    for (const run of runs) this.known.set(run, this.#wire.journal.get(run)!)
  }
}

/** Lets all that is under way happen: streams take several turns. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const want = (feed: Feed, id: number, tab: Tab, wish: ReadonlyArray<string>): void => {
  tab.wish = wish
  feed.want(id, { runs: Object.fromEntries(wish.map((run) => [run, tab.known.get(run) ?? 0])) })
}

/** One thing that goes on, well or badly. */
const step = async (draw: Draw, wire: Wire, feed: Feed, tabs: ReadonlyArray<Tab>): Promise<void> => {
  const at = draw.below(tabs.length)
  const acts: ReadonlyArray<() => unknown> = [
    () => wire.happen(runs[draw.below(runs.length)]!),
    () => wire.happen(runs[draw.below(runs.length)]!),
    () => want(feed, at, tabs[at]!, runs.filter(() => draw.below(2) === 0)),
    () => wire.deliver(),
    () => wire.deliver(),
    () => wire.take(),
    () => wire.take(),
    () => wire.answer(({ answer, isTaken }) => answer(isTaken ? 200 : [429, 500, 503][draw.below(3)]!)),
    () => wire.answer(({ answer, isTaken }) => answer(isTaken ? 200 : 500)),
    () => wire.answer(({ lose }) => lose()),
    () => draw.below(3) === 0 && wire.cut(),
    () => vi.advanceTimersByTimeAsync(100 + draw.below(3_000))
  ]
  await acts[draw.below(acts.length)]!()
  await settle()
}

/** The wire is good from now on, and everything arrives. */
const calm = async (wire: Wire): Promise<void> => {
  for (let turn = 0; turn < 60; turn++) {
    for (let line = 0; line < 5; line++) wire.deliver()
    wire.take()
    wire.answer(({ answer, isTaken }) => answer(isTaken ? 200 : 404))
    if (turn % 5 === 0) await vi.advanceTimersByTimeAsync(turn < 40 ? 12_000 : 1_000)
    await settle()
  }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }))
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

it.each(Array.from({ length: 40 }, (_, seed) => seed))(
  "tells of no run too early, and in the end of everything: wire %i",
  async (seed) => {
    const draw = drawing(seed)
    const wire = new Wire()
    vi.stubGlobal("fetch", wire.fetch)
    const feed = new Feed({ base: "http://server", token: () => "" })
    const tabs = [new Tab(wire), new Tab(wire)]
    for (const [id, tab] of tabs.entries()) feed.join(id, tab.hear)
    for (let turn = 0; turn < 120; turn++) await step(draw, wire, feed, tabs)
    await calm(wire)
    expect(tabs.flatMap(({ early }) => early)).toEqual([])
    for (const { known, wish } of tabs) {
      expect(wish.map((run) => known.get(run))).toEqual(wish.map((run) => wire.journal.get(run)))
    }
    for (const id of tabs.keys()) feed.leave(id)
  }
)
