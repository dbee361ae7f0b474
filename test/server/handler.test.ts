/** The handler as an app mounts it: who may ask, where it lies, what it shows. */
import { afterAll, describe, expect, it, onTestFinished, vi } from "vitest"
import { open, Schema, task, workflow } from "../../mod.ts"
import { Actions } from "../../src/server/guard/Actions.ts"
import { Tickets } from "../../src/server/guard/Tickets.ts"
import { type Answered, handler, type HandlerOptions } from "../../src/server/mod.ts"

const token = "a-token-of-the-tests"
const hello = workflow("greet", {}, (w) => w.node("hello", task("hello", { run: () => "Hello" })))
const waits = workflow("asks", {}, (w) => w.suspend("ask", { output: Schema.String }))
const pinnace = await open(":memory:", { workflows: [hello, waits] })
afterAll(() => pinnace.close())

/** Asks a handler; the token goes along unless `headers` says otherwise. */
const ask = (options: Partial<HandlerOptions>, target: string, headers: Record<string, string> = {}, method = "GET") =>
  handler(pinnace, { token, ...options })(
    new Request(`http://127.0.0.1:7070${target}`, { method, headers: { authorization: `Bearer ${token}`, ...headers } })
  )

interface Page {
  readonly runs: ReadonlyArray<{ readonly id: string }>
  readonly next?: string
}

const page = async (target: string): Promise<Page> => (await ask({}, target)).json() as Promise<Page>

describe("A handler", () => {
  it("asks an app for the value that a start brings as for a signal, and starts nothing where that is refused", async () => {
    const asked: Array<string> = []
    const authorize = (request: Request): string | undefined => {
      const { pathname } = new URL(request.url)
      asked.push(`${request.method} ${pathname}`)
      return pathname.endsWith("/signal") && request.headers.get("x-user") !== "ada" ? undefined : "ada"
    }
    const answer = handler(pinnace, { authorize, base: "/flows" })
    const start = (id: string, user: string) =>
      answer(
        new Request("http://127.0.0.1:7070/flows/pinnace/v1/runs", {
          method: "POST",
          headers: { "x-user": user, "content-type": "application/json" },
          body: JSON.stringify({ workflow: "asks", id, signal: { to: "ask", value: "yes" } })
        })
      )
    const refused = await start("not-mine", "bob")
    expect([refused.status, await pinnace.get("not-mine")]).toEqual([403, undefined])
    expect(asked).toContain("POST /flows/pinnace/v1/runs/not-mine/signal")
    expect((await start("mine", "ada")).status).toBe(200)
    const mine = (await pinnace.get("mine"))!
    expect(await mine.result()).toBe("yes")
    await mine.delete()
  })

  it("says that it lives to whoever calls it", async () => {
    expect((await ask({}, "/livez", { authorization: "" })).status).toBe(200)
  })

  it("is not made when nobody could ask, or with a token that can be guessed", () => {
    expect(() => handler(pinnace, {})).toThrow(/do not say who may ask/)
    expect(() => handler(pinnace, { token: "short" })).toThrow(/too short/)
    expect(() => handler(pinnace, { token, base: "flows/" })).toThrow(/Use a path such as/)
  })

  it("takes the token as a bearer, or as the password of Basic", async () => {
    expect((await ask({}, "/pinnace/v1/runs")).status).toBe(200)
    const basic = `Basic ${btoa(`me:${token}`)}`
    expect((await ask({}, "/pinnace/v1/runs", { authorization: basic })).status).toBe(200)
    const refused = await ask({}, "/pinnace/v1/runs", { authorization: token })
    expect(refused.status).toBe(401)
    expect(refused.headers.get("www-authenticate")).toContain("Bearer")
  })

  it("tells whose token it was, and never the token", async () => {
    const told: Array<Answered> = []
    const tokens = { ann: "a-token-of-ann-alone", bob: "a-token-of-bob-alone" }
    await ask({ token: tokens, onAnswer: (it) => told.push(it) }, "/pinnace/v1/runs?limit=1", {
      authorization: `Bearer ${tokens.bob}`
    })
    expect(told).toMatchObject([{ who: "bob", method: "GET", path: "/pinnace/v1/runs", status: 200 }])
    expect(JSON.stringify(told)).not.toContain("a-token")
  })

  it("asks the app who asks, where the app knows", async () => {
    const authorize = (request: Request) => Promise.resolve(request.headers.get("x-user") ?? undefined)
    const asked = (headers: Record<string, string>) =>
      handler(pinnace, { authorize })(new Request("http://127.0.0.1/pinnace/v1/runs", { headers }))
    expect((await asked({})).status).toBe(401)
    expect((await asked({ "x-user": "ann" })).status).toBe(200)
  })

  it("does not ask the app about health, and about pages and names that are refused anyway", async () => {
    const asked: Array<string> = []
    const answer = handler(pinnace, { authorize: ({ url }) => void asked.push(url) })
    const status = async (url: string, headers = {}) => (await answer(new Request(url, { headers }))).status
    expect(await status("http://127.0.0.1/healthz")).toBe(200)
    expect(await status("http://evil.example/pinnace/v1/runs")).toBe(421)
    expect(await status("http://127.0.0.1/pinnace/v1/runs", { origin: "https://evil.example" })).toBe(403)
    expect(asked).toEqual([])
    expect(await status("http://127.0.0.1/pinnace/v1/runs")).toBe(401)
    expect(asked).toHaveLength(1)
  })

  it.each([null, false, "", 0])("takes %j of an app for nobody", async (nobody) => {
    const authorize = () => nobody as unknown as undefined
    const answer = await handler(pinnace, { authorize })(new Request("http://127.0.0.1/pinnace/v1/runs"))
    expect(answer.status).toBe(401)
  })

  it("tells of links to files without what opens them", async () => {
    const told: Array<Answered> = []
    await ask({ base: "/flows", onAnswer: (it) => told.push(it) }, "/flows/t/a-ticket-of-somebody/report.html")
    expect(told.map(({ path }) => path)).toEqual(["/flows/t/…/report.html"])
  })

  it("takes no link of one name away because another asks for many", () => {
    const tickets = new Tickets(() => 0)
    const kept = tickets.give("ann", "/of-ann")
    const [first] = Array.from({ length: 300 }, () => tickets.give("bob", "/of-bob"))
    expect([tickets.target(kept.id), tickets.target(first!.id)]).toEqual(["/of-ann", undefined])
  })

  it("lies beneath its base, and nothing lies beside it", async () => {
    expect((await ask({ base: "/flows" }, "/flows/pinnace/v1/runs")).status).toBe(200)
    expect((await ask({ base: "/flows" }, "/pinnace/v1/runs")).status).toBe(404)
    expect((await ask({ base: "/flows" }, "/flowsx/pinnace/v1/runs")).status).toBe(404)
  })

  it("is called by the names that were allowed", async () => {
    const host = { host: "flows.example.com" }
    expect((await ask({}, "/healthz", host)).status).toBe(421)
    expect((await ask({ hosts: ["flows.example.com"] }, "/healthz", host)).status).toBe(200)
    expect((await ask({ hosts: ["*"] }, "/healthz", host)).status).toBe(200)
  })

  it("lets pages of allowed origins ask, and only those", async () => {
    const origin = "https://tools.example.com"
    const origins = [origin]
    expect((await ask({ origins }, "/pinnace/v1/runs", { origin: "https://evil.example.com" })).status).toBe(403)
    const preflight = await ask({ origins }, "/pinnace/v1/runs", { origin }, "OPTIONS")
    expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([204, origin])
    const answer = await ask({ origins }, "/pinnace/v1/runs", { origin, "sec-fetch-site": "cross-site" })
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([200, origin])
    expect((await ask({}, "/pinnace/v1/runs")).headers.has("access-control-allow-origin")).toBe(false)
  })

  it("says with each answer what a browser may do with it", async () => {
    const { headers } = await ask({}, "/pinnace/v1/runs")
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/)
    expect(headers.get("x-content-type-options")).toBe("nosniff")
    expect(headers.get("referrer-policy")).toBe("no-referrer")
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin")
    expect(headers.has("set-cookie")).toBe(false)
  })

  it("says whether it is ready", async () => {
    const closing = await open(":memory:")
    const answer = handler(closing, { token })
    const ready = () => answer(new Request("http://127.0.0.1/readyz"))
    expect((await ready()).status).toBe(200)
    await closing.close()
    expect((await ready()).status).toBe(503)
    expect((await answer(new Request("http://127.0.0.1/healthz"))).status).toBe(200)
  })
})

it("Metrics are told to those who have the token", async () => {
  const counted = await open(":memory:", { metrics: true })
  const answer = handler(counted, { token })
  await (await counted.start(hello)).result()
  const request = (headers: Record<string, string>) => answer(new Request("http://127.0.0.1/metrics", { headers }))
  expect((await request({})).status).toBe(401)
  const told = await request({ authorization: `Bearer ${token}` })
  expect(told.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8")
  expect(await told.text()).toContain(
    `pinnace_run_finished_total{workflow="${hello.name}",phase="Succeeded",reason=""} 1\n`
  )
  await counted.close()
})

describe("Runs", () => {
  it("are listed, page by page, and shown with their nodes", async () => {
    for (const id of ["one", "two", "three"]) await (await pinnace.start(hello, undefined, { id })).result()
    const first = await page("/pinnace/v1/runs?limit=2")
    expect(first.runs.map(({ id }) => id)).toEqual(["three", "two"])
    const second = await page(`/pinnace/v1/runs?limit=2&before=${first.next}`)
    expect(second).toMatchObject({ runs: [{ id: "one" }] })
    expect(second.next).toBeUndefined()
    const run = await (await ask({}, "/pinnace/v1/runs/one")).json() as { readonly seq: number }
    expect(run).toMatchObject({
      run: { id: "one", phase: "Succeeded" },
      nodes: { path: ["hello"], phase: ["Succeeded"] }
    })
    const { events } = await (await ask({}, "/pinnace/v1/runs/one/events")).json() as { events: ReadonlyArray<unknown> }
    expect(events.at(-1)).toMatchObject({ seq: run.seq, event: { type: "RunFinished" } })
  })

  it("that are not there, or are asked for in a way that makes no sense, are refused with the engine's words", async () => {
    const missing = await ask({}, "/pinnace/v1/runs/none")
    expect([missing.status, await missing.json()]).toEqual([
      404,
      expect.objectContaining({ _tag: "RunNotFound", id: "none" })
    ])
    expect((await ask({}, "/pinnace/v1/runs?limit=x")).status).toBe(400)
    expect((await ask({}, "/pinnace/v1/runs?phase=Odd")).status).toBe(400)
    expect((await ask({}, "/pinnace/v1/runs?labels=((")).status).toBe(400)
    expect((await ask({}, "/pinnace/v1/runs", {}, "DELETE")).status).toBe(405)
    expect((await ask({}, "/pinnace/v1/nothing")).status).toBe(404)
  })
})

describe("Commands", () => {
  const send = (target: string, body: unknown, options: Partial<HandlerOptions> = {}) =>
    handler(pinnace, { token, ...options })(
      new Request(`http://127.0.0.1:7070/pinnace/v1${target}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(body)
      })
    )

  it("do what the engine does, and answer what it answers", async () => {
    const asks = await pinnace.start(waits, undefined, { id: "asks" })
    await asks.waitFor("ask", "waiting")
    expect(await (await send("/runs/asks/suspend", {})).json()).toMatchObject({ ok: true })
    expect(await (await send("/runs/asks/resume", {})).json()).toMatchObject({ ok: true })
    expect(await (await send("/runs/asks/signal", { node: "ask", value: 1 })).json()).toMatchObject({ _tag: "Refused" })
    expect(await (await send("/runs/asks/signal", { node: "ask", value: "yes" })).json()).toMatchObject({ ok: true })
    const again = await send("/runs/one/resubmit", { id: "again" })
    expect(await again.json()).toMatchObject({ id: "again", origin: "one" })
    expect((await send("/runs/one/retry", {})).status).toBe(409)
    const undone = await send("/runs/one/compensate", {})
    expect([undone.status, await undone.text()]).toEqual([409, expect.stringContaining("left to be undone")])
    expect((await send("/runs/one/signal", {})).status).toBe(400)
    expect((await send("/runs/one/stop", { message: 1 })).status).toBe(400)
    expect((await send("/runs/one/terminate", { compensate: 1 })).status).toBe(400)
  })

  it("are recorded with the name of who did them, where there is one", async () => {
    const run = await pinnace.start(waits, undefined, { id: "stopped" })
    const stop = new Request("http://127.0.0.1/pinnace/v1/runs/stopped/stop", { method: "POST", body: "{}" })
    await handler(pinnace, { authorize: () => "ann" })(stop)
    expect(await run.ending()).toMatchObject({ message: expect.stringContaining("by ann") })
  })

  it("may come at once up to a bound, then one after the other, and a flood is refused", async () => {
    let now = 1_000
    const actions = new Actions(() => now)
    const waits = Array.from({ length: 500 }, () => actions.delay())
    expect(waits.filter((it) => it === 0)).toHaveLength(200)
    expect(waits.filter((it) => it !== undefined && it > 0)).toHaveLength(200)
    expect(waits.filter((it) => it === undefined)).toHaveLength(100)
    now += 11_000
    expect(actions.delay()).toBe(0)
    const answer = handler(pinnace, { token })
    const act = (target: string) =>
      answer(
        new Request(`http://127.0.0.1${target}`, {
          method: "PUT",
          headers: { authorization: `Bearer ${token}` },
          body: "{}"
        })
      )
    for (let at = 0; at < 200; at++) expect((await act("/pinnace/v1/artifacts/none/pin")).status).toBe(404)
  })

  // The fake timers of vitest never fire on Bun.
  it.skipIf("Bun" in globalThis)("are counted by their method, also where they change no run", async () => {
    // The clock stands still: with every 50 ms one more would be allowed.
    vi.useFakeTimers({ toFake: ["setTimeout", "Date"] })
    onTestFinished(() => void vi.useRealTimers())
    const answer = handler(pinnace, { token, readOnly: true })
    const headers = { authorization: `Bearer ${token}` }
    const ask = () =>
      answer(new Request("http://127.0.0.1/pinnace/v1/stream/none", { method: "POST", headers, body: "{}" }))
    const all = Array.from({ length: 401 }, ask)
    expect((await all[0]!).status).toBe(404)
    expect((await all[400]!).status).toBe(429)
    expect((await all[400]!).headers.get("retry-after")).toBe("1")
    // Some of them may be asked for only now, and wait then.
    const waiting = new Set(all)
    for (const one of all) void one.then(() => waiting.delete(one))
    while (waiting.size > 0) await vi.advanceTimersByTimeAsync(1_000)
    expect((await all[399]!).status).toBe(404)
  })

  it("of a whole line end with the server, and their clients are told how", async () => {
    const command: NonNullable<HandlerOptions["command"]> = ({ signal }) =>
      new Promise((resolve) => signal.addEventListener("abort", () => resolve(2)))
    const answer = handler(pinnace, { token, command })
    const headers = { authorization: `Bearer ${token}` }
    const init = { method: "POST", headers, body: '{"args":["watch","one"]}' }
    const { body } = await answer(new Request("http://127.0.0.1/pinnace/v1/command", init))
    answer.close()
    expect(await new Response(body).text()).toBe('{"code":2}\n')
  })

  it("are not there on a server that only shows", async () => {
    const answer = await send("/runs/one/stop", {}, { readOnly: true })
    expect([answer.status, await answer.json()]).toEqual([405, expect.objectContaining({ _tag: "ReadOnly" })])
  })
})
