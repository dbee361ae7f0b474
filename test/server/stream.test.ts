/** What clients follow: nothing is lost or doubled by cuts, slow readers cost nothing, and who is gone is forgotten. */
import * as Effect from "effect/Effect"
import { afterAll, describe, expect, it, vi } from "vitest"
import { open, type Recorded, Schema, task, workflow } from "../../mod.ts"
import { liveStream } from "../../src/server/stream/liveStream.ts"
import { siteOf } from "../../src/server/siteOf.ts"
import { Subscriptions } from "../../src/server/stream/Subscriptions.ts"
import { OpenStreams } from "../../src/server/stream/OpenStreams.ts"
import { Board, handler } from "../../src/server/mod.ts"

const token = "a-token-of-the-tests"
const step = task("step", { input: { n: Schema.Number }, run: ({ n }) => n })
const many = workflow("many", { input: { upTo: Schema.Number } }, (w) => {
  const numbers = w.node(
    "numbers",
    task("numbers", {
      input: { upTo: Schema.Number },
      output: Schema.Array(Schema.Number),
      run: ({ upTo }) => Array.from({ length: upTo }, (_, at) => at)
    }),
    { input: (_: unknown, { upTo }: { readonly upTo: number }) => ({ upTo }) }
  )
  return w.map("steps", numbers, step, (n) => ({ n }), { concurrency: 3 })
})
const waits = workflow("waits", {}, (w) => w.suspend("ask", { output: Schema.String }))

let awake = 0
const stayAlive = () => {
  awake++
  return () => void awake--
}
const pinnace = await open(":memory:", { workflows: [many, waits], stayAlive })
const board = new Board()
const answer = handler(pinnace, { token, board })
afterAll(() => pinnace.close())

interface Line {
  readonly t: string
  readonly sid?: string
  readonly run?: string
  readonly seq?: number
  readonly event?: unknown
}

const ask = (target: string, init: RequestInit = {}): Promise<Response> =>
  answer(
    new Request(`http://127.0.0.1/pinnace/v1${target}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers }
    })
  )

/** Reads lines until `isEnough`, then leaves. */
const lines = async (
  target: string,
  isEnough: (line: Line, count: number) => boolean
): Promise<ReadonlyArray<Line>> => {
  const gone = new AbortController()
  const { body } = await ask(target, { signal: gone.signal })
  const found: Array<Line> = []
  let rest = ""
  for await (const text of body!.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
    const parts = `${rest}${text}`.split("\n")
    rest = parts.pop()!
    for (const part of parts) {
      found.push(JSON.parse(part) as Line)
      if (isEnough(found.at(-1)!, found.length)) {
        gone.abort()
        return found
      }
    }
  }
  return found
}

/** A sequence of numbers below `below` that is the same each time. */
const chance = (seed: number) => (below: number): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return seed % below
}

describe("The one stream", () => {
  it.each([1, 2, 3])("loses and doubles nothing when it is cut anywhere (%i)", async (seed) => {
    const below = chance(seed)
    const id = `cut-${seed}`
    const run = await pinnace.start(many, { upTo: 150 }, { id })
    const seen: Array<Line> = []
    while (seen.at(-1)?.t !== "end") {
      const after = seen.findLast(({ seq }) => seq !== undefined)?.seq ?? 0
      const cut = 2 + below(200)
      const got = await lines(`/stream?runs=${id}:${after}`, ({ t }, count) => t === "end" || count >= cut)
      seen.push(...got.filter(({ t }) => t !== "hello"))
    }
    await run.ending()
    const events: Array<Recorded> = []
    for await (const event of run.events()) events.push(event)
    expect(seen.slice(0, -1).map(({ event, seq }) => ({ seq, event }))).toEqual(
      events.map(({ event, seq }) => ({ seq, event: JSON.parse(JSON.stringify(event)) }))
    )
  })

  it("says that there is something else on the board, and who asks is told what", async () => {
    const shown = async () => (await (await ask("/session")).json() as { readonly board: unknown }).board
    expect(await shown()).toBeNull()
    const told = await lines("/stream", ({ t }) => {
      if (t === "hello") board.show("It cannot be run", ["flow.ts:3:1: odd"])
      return t === "session"
    })
    expect(told.map(({ t }) => t)).toEqual(["hello", "session"])
    expect(await shown()).toEqual({ title: "It cannot be run", lines: ["flow.ts:3:1: odd"] })
    board.clear()
    expect(await shown()).toBeNull()
    expect(() => board.show(1 as never)).toThrow("the title of a notice")
    expect(() => handler(pinnace, { token, board: {} as never })).toThrow("new Board()")
  })

  it("follows several runs and the list, and other ones when it is told so, without being opened again", async () => {
    await pinnace.start(waits, undefined, { id: "first" })
    const second = await pinnace.start(waits, undefined, { id: "second" })
    await second.waitFor("ask", "waiting")
    let sid = ""
    const told = await lines("/stream?runs=first,none&list=1", (line) => {
      if (line.t === "hello") sid = line.sid!
      if (line.t === "gone") {
        void ask(`/stream/${sid}`, { method: "POST", body: JSON.stringify({ runs: { second: 0 }, list: true }) })
          .then(async () => (await pinnace.get("second"))!)
          .then((run) => run!.signal("ask", "yes"))
      }
      return line.t === "end"
    })
    expect(told.filter(({ t }) => t === "gone")).toMatchObject([{ run: "none" }])
    expect(told.at(-1)).toEqual({ t: "end", run: "second" })
    expect(told.some(({ t, run }) => t === "run" && (run as unknown as { id: string }).id === "second")).toBe(true)
    const numbers = told.filter(({ run, t }) => t === "e" && run === "second").map(({ seq }) => seq)
    expect(numbers).toEqual(numbers.map((_, at) => at + 1))
  })

  it("keeps nothing for a client that went away, and nothing for one that does not read", async () => {
    const before = awake
    const run = await pinnace.get("first")
    const slow = Array.from({ length: 20 }, () => ask("/stream?runs=first&list=1"))
    const bodies = (await Promise.all(slow)).map(({ body }) => body!)
    expect(awake).toBeGreaterThan(before)
    await run!.signal("ask", "yes")
    await run!.ending()
    for (const body of bodies) await body.cancel()
    expect(awake).toBe(before - 1)
  })

  it("keeps nothing for a client that left while it was told what is there", async () => {
    await pinnace.start(waits, undefined, { id: "left" })
    const before = awake
    for (let at = 0; at < 10; at++) {
      const gone = new AbortController()
      const opened = ask("/stream?runs=left,none&list=1", { signal: gone.signal })
      for (let turn = 0; turn < at; turn++) await Promise.resolve()
      gone.abort()
      await opened
    }
    expect(awake).toBe(before)
  })

  it("begins to follow a run once, however often it is asked for at once", async () => {
    const before = awake
    const client = new Subscriptions(siteOf(pinnace, { token }, () => 0), "sid")
    const end = client.listen(() => {})
    const wanted = { runs: { left: 0, none: 0 }, list: false }
    await Promise.all([client.want(wanted), client.want(wanted), client.want(wanted)])
    expect((await client.take())?.match(/"gone"/g)).toHaveLength(1)
    end()
    expect(awake).toBe(before)
  })

  it("follows what was asked for last, although storage answers what was asked before later", async () => {
    const { reads } = pinnace.engine.host.journal
    const { findRun } = reads
    const gate = Promise.withResolvers<void>()
    const late = vi.spyOn(reads, "findRun").mockImplementationOnce((id) =>
      Effect.andThen(Effect.promise(() => gate.promise), findRun(id))
    )
    const client = new Subscriptions(siteOf(pinnace, { token }, () => 0), "sid")
    const end = client.listen(() => {})
    const first = client.want({ runs: { left: 0 }, list: false })
    await client.want({ runs: {}, list: true })
    gate.resolve()
    await first
    late.mockRestore()
    await pinnace.start(waits, undefined, { id: "later" })
    const told = (await client.take())!.trim().split("\n").map((it) => (JSON.parse(it) as Line).t)
    expect(new Set(told)).toEqual(new Set(["hello", "run"]))
    end()
  })

  it("is told nothing of a run that it left while that was read", async () => {
    const client = new Subscriptions(siteOf(pinnace, { token }, () => 0), "sid")
    const end = client.listen(() => {})
    await client.want({ runs: { left: 0 }, list: false })
    const { reads } = pinnace.engine.host.journal
    const { events } = reads
    const gate = Promise.withResolvers<void>()
    const late = vi.spyOn(reads, "events").mockImplementationOnce((...args) =>
      Effect.andThen(Effect.promise(() => gate.promise), events(...args))
    )
    const taken = client.take()
    await client.want({ runs: {}, list: false })
    gate.resolve()
    expect((await taken)?.trim().split("\n")).toHaveLength(1)
    late.mockRestore()
    end()
  })

  it("follows at most 1,000 runs", async () => {
    const runs = Array.from({ length: 1_001 }, (_, at) => at.toString(36)).join()
    const answer = await ask(`/stream?runs=${runs}`)
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining("at most 1000 runs")])
  })

  it("waits for a run only as long as the client does", async () => {
    const before = awake
    for (const target of ["/runs/left/ending?within=0", "/runs/left/wait?node=ask&until=Succeeded&within=0"]) {
      expect((await ask(target)).status).toBe(202)
    }
    const gone = new AbortController()
    const waiting = ask("/runs/left/ending", { signal: gone.signal })
    await new Promise((resolve) => setTimeout(resolve))
    gone.abort()
    await waiting
    expect(awake).toBe(before)
  })

  it("tells a client that reads too slowly what it missed, and goes on from there", async () => {
    const run = await pinnace.start(waits, undefined, { id: "missed" })
    await run.waitFor("ask", "waiting")
    const client = new Subscriptions(siteOf(pinnace, { token }, () => 0), "sid", 2)
    const end = client.listen(() => {})
    await client.want({ runs: { missed: 0 }, list: false })
    const read = async () => (await client.take())?.trim().split("\n").map((it) => JSON.parse(it) as Line) ?? []
    const first = await read()
    const seq = first.at(-1)!.seq!
    expect(await read()).toEqual([])
    await run.signal("ask", "yes")
    await run.ending()
    expect(await read()).toMatchObject([{ t: "gap", run: "missed", from: seq }, { t: "end", run: "missed" }])
    end()
  })

  it("is told when the server ends, and lets no other begin", async () => {
    const closing = handler(pinnace, { token })
    const headers = { authorization: `Bearer ${token}` }
    const stream = () => closing(new Request("http://127.0.0.1/pinnace/v1/stream?list=1", { headers }))
    const { body } = await stream()
    const text = new Response(body).text()
    closing.close()
    expect((await text).trim().split("\n").at(-1)).toBe('{"t":"closed"}')
    expect((await stream()).status).toBe(503)
  })
})

describe("A stream that nobody reads", () => {
  it("takes nothing from its source, whatever happens, and beats when nothing does", async () => {
    let taken = 0
    let wake = (): void => {}
    const source = {
      take: () => Promise.resolve(taken++ === 0 ? "first\n" : undefined),
      isOver: () => Promise.resolve(false),
      listen: (it: () => void) => {
        wake = it
        return () => {}
      }
    }
    const streams = new OpenStreams(1)
    const stream = liveStream(streams, new AbortController().signal, source, { beat: () => "beat\n", every: 5 })
    for (let at = 0; at < 1_000; at++) wake()
    await Promise.resolve()
    expect([taken, streams.hasRoom]).toEqual([0, false])
    const reader = stream.getReader()
    const read = async () => new TextDecoder().decode((await reader.read()).value)
    expect([await read(), await read()]).toEqual(["first\n", "beat\n"])
    await reader.cancel()
    expect(streams.hasRoom).toBe(true)
  })
})

describe("Server-sent events of a run", () => {
  it("come from where they were cut, and end with the run", async () => {
    const headers = { accept: "text/event-stream", "last-event-id": "3" }
    const answer = await ask("/runs/cut-1/events", { headers })
    expect(answer.headers.get("content-type")).toBe("text/event-stream")
    const parts = (await answer.text()).trim().split("\n\n")
    expect(parts[0]).toMatch(/^event: \w+\nid: 4\ndata: \{"run":"cut-1","seq":4,/)
    expect(parts.at(-1)).toBe("event: end\ndata: {}")
    expect(parts.at(-2)).toContain("event: RunFinished")
  })
})
