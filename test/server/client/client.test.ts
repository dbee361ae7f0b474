/** The client: the same face as an engine of this process, over HTTP. */
import { afterAll, describe, expect, expectTypeOf, it } from "vitest"
import { readFileSync } from "node:fs"
import {
  Artifact,
  open,
  type Pinnace,
  RunFailed,
  type RunHandle,
  RunNotFound,
  Schema,
  signal,
  task,
  workflow
} from "../../../mod.ts"
import { type Client, connect, type RemoteRun, ServerError } from "../../../src/server/client/mod.ts"
import { handler } from "../../../src/server/mod.ts"

class TooLate extends Schema.TaggedError<TooLate>()("TooLate", { by: Schema.Number }) {}

const approval = signal("approval", { at: Schema.Date })
const late = task("late", {
  input: { at: Schema.Date, fails: Schema.Boolean },
  output: Schema.Date,
  errors: [TooLate],
  run: ({ at, fails }, { log }) => {
    log.info("looking")
    if (fails) throw new TooLate({ by: 7 })
    return new Date(at.getTime() + 1)
  }
})
const input = { at: Schema.Date, fails: Schema.Boolean }
const check = workflow(
  "check",
  { input, errors: [TooLate] },
  (w) => w.node("late", late, { input: (_: unknown, it: { readonly at: Date; readonly fails: boolean }) => it })
)
const waits = workflow("waits", {}, (w) => w.suspend(approval))
const saves = workflow(
  "saves",
  {},
  (w) =>
    w.node(
      "save",
      task("save", { output: Artifact, run: (_: unknown, { artifacts }) => artifacts.putText("a.txt", "0123456789") })
    )
)

const token = "a-token-of-the-tests"
const pinnace = await open(":memory:", { workflows: [check, waits, saves] })
const answer = handler(pinnace, { token })
/** The handler without a socket in between; some of its connections are cut, and some answers are of a proxy. */
let cuts = 0
const proxied: Array<number> = []
const client = connect(`http://127.0.0.1:1/#token=${token}`, {
  fetch: async (url, init) => {
    if (proxied.length > 0 && /\/stream|\/ending/.test(url)) {
      const status = proxied.shift()!
      if (status === 202) return Response.json({ pending: true }, { status })
      if (status > 0) return new Response("<h1>Bad gateway</h1>", { status })
      throw new TypeError("fetch failed")
    }
    const response = await answer(new Request(url, init))
    if (!url.includes("/stream") || cuts-- <= 0) return response
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const reader = response.body!.getReader()
    const writer = writable.getWriter()
    const first = await reader.read()
    void writer.write(first.value!.subarray(0, Math.floor(first.value!.length * 2 / 3))).then(() => writer.close())
    void reader.cancel()
    return new Response(readable, response)
  }
})
afterAll(() => pinnace.close())

describe("The client", () => {
  it("has all that an engine of this process has", () => {
    expectTypeOf<keyof Client>().exclude<"bytes" | "startManifests" | "workflows">().toEqualTypeOf<
      Exclude<
        keyof Pinnace,
        // What is remembered is looked at beside the state file, or by the command.
        | "backup"
        | "health"
        | "forget"
        | "remembered"
        | "engine"
        // The server records the name of the token.
        | "as"
        | "audit"
        | "register"
        | "schedule"
        | "schedules"
        | "close"
        | typeof Symbol.asyncDispose
        | "~services"
      >
    >()
    // A version is a definition, which a server has and a client does not.
    expectTypeOf<keyof RemoteRun>().toEqualTypeOf<Exclude<keyof RunHandle, "as" | "migrate">>()
  })

  it("starts typed workflows, and gives their outputs and errors as values of their types", async () => {
    const at = new Date(0)
    const run = await client.start(check, { at, fails: false }, { id: "good" })
    expect(await run.result()).toEqual(new Date(1))
    expect(await client.run(check, { at, fails: false })).toEqual(new Date(1))
    const bad = await client.start(check, { at, fails: true }, { id: "bad" })
    await expect(bad.result()).rejects.toEqual(new TooLate({ by: 7 }))
    expect(await bad.outcome()).toMatchObject({ phase: "Failed", error: { by: 7 } })
    const untyped = (await client.get("bad"))!
    await expect(untyped.result()).rejects.toBeInstanceOf(RunFailed)
    expect(await client.get("none")).toBeUndefined()
    await expect(client.start("check", { at: 1 })).rejects.toMatchObject({ _tag: "InvalidInput" })
  })

  it("gives events as they come, over connections that are cut", async () => {
    const run = await client.start(waits, undefined, { id: "waits" })
    expect(await run.waitFor("approval", "waiting")).toMatchObject({ waiting: "Signal" })
    expect(await run.why("approval")).not.toEqual([])
    expect(await client.explain(run.id)).toEqual(await pinnace.explain(run.id))
    cuts = 2
    const seen: Array<number> = []
    for await (const { event, seq } of run.events()) {
      seen.push(seq)
      if (event.type === "NodeWaiting") await run.signal(approval, { at: new Date(5) })
    }
    expect(seen).toEqual(seen.map((_, at) => at + 1))
    expect(await run.result()).toEqual({ at: new Date(5) })
  })

  it("goes on with events and endings when what stands before the server fails for a while", async () => {
    const run = (await client.get("good"))!
    proxied.push(502, 504)
    const seen: Array<number> = []
    for await (const { seq } of run.events()) seen.push(seq)
    expect(seen).toEqual(seen.map((_, at) => at + 1))
    proxied.push(202, 503, 0)
    expect(await run.ending()).toMatchObject({ phase: "Succeeded" })
    proxied.push(502)
    await expect(run.ending()).rejects.toMatchObject({ name: "ServerError", status: 502 })
    expect(proxied).toEqual([])
  })

  it("looks at runs and acts on them", async () => {
    const bad = (await client.get(check, "bad"))!
    expect(await client.counts({ workflow: "check", phases: ["Failed"] })).toEqual({ Failed: 1 })
    expect(await bad.logs()).toMatchObject([{ text: "looking" }])
    expect(await bad.nodes({ values: true })).toMatchObject([{ path: "late", input: { fails: true } }])
    expect(await bad.planRetry()).toMatchObject({ reset: [{ path: "late" }] })
    const again = await bad.resubmit({ id: "again", input: { at: "never", fails: false } as never })
      .catch((error) => error)
    expect(again).toMatchObject({ _tag: "InvalidInput" })
    expect(await (await bad.fork("late", { id: "forked" })).ending()).toMatchObject({ phase: "Failed" })
    expect((await client.list({ limit: 2 })).map(({ id }) => id)).toEqual(["forked", "waits"])
    expect((await client.list({ phases: ["Failed"], createdAfter: new Date(0) })).map(({ id }) => id)).toEqual([
      "forked",
      "bad"
    ])
    await bad.delete()
    await expect(bad.status()).rejects.toBeInstanceOf(RunNotFound)
  })

  it("reads artifacts, and carries runs from one server to another", async () => {
    const run = await client.start(saves, undefined, { id: "saves" })
    await run.result()
    const [saved] = await run.artifacts()
    expect(await new Response(await client.bytes(saved!.artifact, { start: 2, end: 5 })).text()).toBe("234")
    const archive = await new Response(await run.export()).arrayBuffer()
    await run.delete()
    expect((await client.import(archive)).id).toBe("saves")
    expect(await client.artifacts({ run: "saves" })).toHaveLength(1)
  })

  it("tells what went wrong on the way", async () => {
    const stranger = connect("http://127.0.0.1:1", { fetch: (url, init) => answer(new Request(url, init)) })
    await expect(stranger.list()).rejects.toMatchObject({ name: "ServerError", status: 401 })
    const nobody = connect("http://127.0.0.1:1/", { fetch: () => Promise.reject(new TypeError("refused")) })
    await expect(nobody.list()).rejects.toBeInstanceOf(ServerError)
  })

  it("needs nothing that a browser does not have", () => {
    const seen = new Set<string>()
    const visit = (path: string): void => {
      if (seen.has(path)) return
      seen.add(path)
      const text = readFileSync(path, "utf8")
      for (const [, specifier = ""] of text.matchAll(/^(?:import|export)(?! type)[^;]*? from "([^"]+)"/gm)) {
        expect(specifier, path).not.toMatch(/^node:|^better-sqlite3/)
        if (specifier.startsWith(".")) visit(new URL(specifier, `file://${path}`).pathname)
      }
    }
    visit(new URL("../../../src/server/client/mod.ts", import.meta.url).pathname)
    expect(seen.size).toBeGreaterThan(5)
  })
})
