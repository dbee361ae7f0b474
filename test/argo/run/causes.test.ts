/**
 * Why something failed crosses every place of a manifest where messages
 * are made: the reason that hides in a cause or in a member of it.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { beforeAll, describe, expect, it } from "vitest"
import { open } from "../../../mod.ts"
import { unavailable } from "../../../src/lock/limitOf.ts"
import { loadHttp } from "../../../src/argo/artifact/http.ts"
import { load, viewRun } from "../../../src/argo/mod.ts"
import { executeTemplate } from "../../../src/argo/bodies/plugin/execute.ts"
import { VirtualClock } from "../../../src/testing/VirtualClock.ts"

/** Nobody listens there. */
let closed = ""
const refused = /.*(?:ECONNREFUSED|[Cc]onnection refused).*/

beforeAll(async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  closed = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await new Promise((resolve) => server.close(resolve))
})

const messageOf = async (template: object, templates = {}): Promise<string> => {
  await using pinnace = await open(":memory:")
  const spec = { entrypoint: "main", templates: [{ name: "main", ...template }] }
  const text = JSON.stringify({ kind: "Workflow", metadata: { name: "causes" }, spec })
  const run = await pinnace.start(load(text, { templates }), { parameters: {} })
  await run.ending()
  return Effect.runSync(viewRun(pinnace.engine, run.id))!.nodes[0]!.message
}

const longestPause = 29_000

/** Fails at once: the clock goes on whenever the work waits. */
const failure = async (work: Effect.Effect<unknown, Error>): Promise<string> => {
  const clock = new VirtualClock({ now: 0 })
  let message = ""
  Effect.runFork(
    Effect.flip(work).pipe(
      Effect.tap((error) => Effect.sync(() => message = error.message)),
      Effect.provideService(Clock.Clock, clock)
    )
  )
  while (message === "") {
    // Only pauses pass: what a server may take for an answer is longer, and here it answers at once.
    if (clock.nextWake - clock.time.now < longestPause) clock.wakeNext()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return message
}

describe("tells the cause", () => {
  it("of an HTTP template", async () =>
    expect(await messageOf({ http: { url: `${closed}/x` } })).toMatch(
      new RegExp(`^request to ${closed}/x failed: ${refused.source}$`)
    ))

  it("of an artifact that is fetched", async () =>
    expect(await failure(loadHttp({ url: `${closed}/x` }, [], "/nowhere"))).toMatch(
      new RegExp(`^${closed}/x: ${refused.source}$`)
    ))

  it("of a plugin", async () =>
    expect(await failure(executeTemplate({ name: "p", url: closed, token: "" } as never, {} as never))).toMatch(
      refused
    ))

  it("of a template that a test replaces, with members, once each", async () => {
    const error = new Error("no luck", { cause: new AggregateError([new Error("first"), new Error("second")]) })
    const replaced = () => Promise.reject(error)
    expect(await messageOf({ container: { image: "x" } }, { main: replaced })).toBe("no luck: first; second")
    const told = () => Promise.reject(new Error("no luck: why", { cause: new Error("why") }))
    expect(await messageOf({ container: { image: "x" } }, { main: told })).toBe("no luck: why")
  })

  it("of a limit that cannot be read", () => {
    const error = new TypeError("fetch failed", {
      cause: new AggregateError([new Error("::1"), new Error("127.0.0.1")])
    })
    expect(unavailable(error, "http://x").message).toBe(
      "The limit cannot be read from http://x: fetch failed: ::1; 127.0.0.1"
    )
  })
})
