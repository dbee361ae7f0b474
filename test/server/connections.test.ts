/** Connections that ask for nothing, and clients that read nothing: they keep nobody out, and hold nothing up. */
import { connect, type Socket } from "node:net"
import { afterAll, describe, expect, it } from "vitest"
import { open } from "../../mod.ts"
import { Listener, type ListenLimits } from "../../src/server/listen/Listener.ts"
import { serve } from "../../src/server/mod.ts"
import { raw } from "./Raw.ts"

const pinnace = await open(":memory:")
afterAll(() => pinnace.close())

const health = (port: number, more = ""): string => `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${more}\r\n`

/** Nothing here may be what makes a test pass in time. */
const patient = { headTime: 600_000, stallTime: 600_000, grace: 600_000 }

const connected = (port: number): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket)).on("error", () => {}).resume()
  })

const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once("close", () => resolve()))

describe("Connections that ask for nothing", () => {
  it("make room for others, the oldest first, and do not delay the end of the server", async () => {
    const server = await serve(pinnace, { limits: { ...patient, connections: 20 } })
    const idle: Array<Socket> = []
    for (let at = 0; at < 60; at++) idle.push(await connected(server.port))
    for (const slow of idle.slice(0, 30)) slow.write("GET /healthz HTTP/1.1\r\nHost: 127")
    const once = health(server.port, "Connection: close\r\n")
    for (let at = 0; at < 30; at++) expect((await raw(server.port, once)).status).toBe(200)
    const kept = await connected(server.port)
    const answered = new Promise((resolve) => kept.once("data", resolve))
    kept.write(health(server.port))
    await answered
    await server.close()
    idle.forEach((socket) => socket.destroy())
    kept.destroy()
  })
})

/** A listener that answers with what a test gives it. */
const listening = (respond: () => Promise<Response>, limits: ListenLimits) =>
  Listener.on(["127.0.0.1"], 0, { respond, note: () => {} }, limits)

describe("Connections that are being answered", () => {
  it("are not taken away, get their answer when the server ends, and are closed then", async () => {
    let answer = (_: Response): void => {}
    const asked = Promise.withResolvers<void>()
    const respond = () => new Promise<Response>((resolve) => (answer = resolve, asked.resolve()))
    const listener = await listening(respond, { ...patient, connections: 2 })
    const socket = await connected(listener.port)
    let text = ""
    socket.setEncoding("utf8").on("data", (part) => text += part)
    socket.write(health(listener.port))
    await asked.promise
    const others: Array<Socket> = []
    for (let at = 0; at < 5; at++) others.push(await connected(listener.port))
    const isClosed = closed(socket)
    const end = listener.close()
    answer(new Response("at last"))
    await Promise.all([end, isClosed])
    expect(text).toContain("at last")
    others.forEach((it) => it.destroy())
  })

  it("are cut when their client asks on and on and waits for no answer", async () => {
    let asked = 0
    const first = Promise.withResolvers<void>()
    const respond = () => (asked++, first.resolve(), new Promise<Response>(() => {}))
    const listener = await listening(respond, { ...patient, grace: 1 })
    const socket = await connected(listener.port)
    const isClosed = closed(socket)
    socket.write(health(listener.port).repeat(1_000))
    await first.promise
    // A runtime that looks at one request at a time has no need to cut it.
    await Promise.race([isClosed, new Promise((resolve) => setTimeout(resolve, 100))])
    expect(asked).toBeLessThanOrEqual(64)
    await listener.close()
    socket.destroy()
  })

  it("are cut when their client reads nothing, and what was opened for them is closed", async () => {
    const ended = Promise.withResolvers<void>()
    const piece = new Uint8Array(256 * 1024)
    let pieces = 0
    const body = () =>
      new ReadableStream<Uint8Array>({
        pull: (controller) => (pieces++, controller.enqueue(piece)),
        cancel: () => ended.resolve()
      })
    const respond = () => Promise.resolve(new Response(body()))
    const listener = await listening(respond, { ...patient, stallTime: 50 })
    const socket = await connected(listener.port)
    socket.pause()
    socket.write(health(listener.port))
    await ended.promise
    // What the system keeps for both sides is all that was ever read of it.
    expect(pieces).toBeLessThan(200)
    await listener.close()
    socket.destroy()
  })
})
