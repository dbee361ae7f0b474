/** The guard and the bounds of the listener, by real sockets on each runtime. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { connect } from "node:net"
import { raw } from "./Raw.ts"
import { type Serving, serving, token } from "./Serving.ts"

const allowed = `Authorization: Bearer ${token}\r\n`
const get = (target: string, headers: string): string => `GET ${target} HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`

/** Requests with the statuses that they may get; 0 is a connection that was closed without a word. */
const table: ReadonlyArray<readonly [what: string, bytes: (port: number) => string, statuses: ReadonlyArray<number>]> =
  [
    ["a good request", (p) => get("/pinnace/v1/runs", `Host: 127.0.0.1:${p}\r\n${allowed}`), [200]],
    ["the name localhost", (p) => get("/pinnace/v1/runs", `Host: localhost:${p}\r\n${allowed}`), [200]],
    ["the address of IPv6", (p) => get("/pinnace/v1/runs", `Host: [::1]:${p}\r\n${allowed}`), [200]],
    ["no token", (p) => get("/pinnace/v1/runs", `Host: 127.0.0.1:${p}\r\n`), [401]],
    ["a wrong token", (p) => get("/pinnace/v1/runs", `Host: 127.0.0.1:${p}\r\nAuthorization: Bearer ${token}x\r\n`), [
      401
    ]],
    ["a token in the query", (p) => get(`/pinnace/v1/runs?token=${token}`, `Host: 127.0.0.1:${p}\r\n`), [401]],
    [
      "a token in a cookie",
      (p) => get("/pinnace/v1/runs", `Host: 127.0.0.1:${p}\r\nCookie: authorization=Bearer ${token}\r\n`),
      [401]
    ],
    ["two tokens", (p) => get("/pinnace/v1/runs", `Host: 127.0.0.1:${p}\r\nAuthorization: Bearer x\r\n${allowed}`), [
      400,
      401
    ]],
    ["a name that was bound to this address", (p) => get("/pinnace/v1/runs", `Host: evil.example:${p}\r\n${allowed}`), [
      421
    ]],
    ["another port in the name", (p) => get("/pinnace/v1/runs", `Host: 127.0.0.1:${p - 1}\r\n${allowed}`), [421]],
    ["no host", () => get("/pinnace/v1/runs", allowed), [400, 421]],
    ["two hosts", (p) => get("/pinnace/v1/runs", `Host: 127.0.0.1:${p}\r\nHost: evil.example\r\n${allowed}`), [
      400,
      421
    ]],
    [
      "two hosts, the other way round",
      (p) => get("/pinnace/v1/runs", `Host: evil.example\r\nHost: 127.0.0.1:${p}\r\n${allowed}`),
      [400, 421]
    ],
    ["a whole URL as target", (p) => get(`http://evil.example/pinnace/v1/runs`, `Host: 127.0.0.1:${p}\r\n${allowed}`), [
      400,
      421
    ]],
    [
      "a page of another site",
      (p) => get("/pinnace/v1/runs", `Host: 127.0.0.1:${p}\r\nOrigin: https://evil.example\r\n${allowed}`),
      [403]
    ],
    [
      "a page of another port",
      (p) => get("/pinnace/v1/runs", `Host: 127.0.0.1:${p}\r\nOrigin: http://127.0.0.1:${p - 1}\r\n${allowed}`),
      [403]
    ],
    ["a page without an origin", (p) => get("/pinnace/v1/runs", `Host: 127.0.0.1:${p}\r\nOrigin: null\r\n${allowed}`), [
      403
    ]],
    ["a request across sites", (p) => get("/healthz", `Host: 127.0.0.1:${p}\r\nSec-Fetch-Site: cross-site\r\n`), [403]],
    ["a request of the same site", (p) => get("/healthz", `Host: 127.0.0.1:${p}\r\nSec-Fetch-Site: same-site\r\n`), [
      403
    ]],
    ["health", (p) => get("/healthz", `Host: 127.0.0.1:${p}\r\n`), [200]],
    [
      "OPTIONS",
      (p) => `OPTIONS /pinnace/v1/runs HTTP/1.1\r\nHost: 127.0.0.1:${p}\r\n${allowed}Connection: close\r\n\r\n`,
      [403]
    ],
    ["TRACE", (p) => `TRACE / HTTP/1.1\r\nHost: 127.0.0.1:${p}\r\n${allowed}Connection: close\r\n\r\n`, [400, 405, 0]],
    ["a way up", (p) => get("/pinnace/v1/../../etc/passwd", `Host: 127.0.0.1:${p}\r\n${allowed}`), [400, 404]],
    ["a hidden way up", (p) => get("/pinnace/v1/%2e%2e/%2e%2e/etc/passwd", `Host: 127.0.0.1:${p}\r\n${allowed}`), [
      400,
      404
    ]],
    ["an encoded slash", (p) => get("/pinnace/v1/runs/a%2fb", `Host: 127.0.0.1:${p}\r\n${allowed}`), [400]],
    ["a NUL", (p) => get("/pinnace/v1/runs/a%00", `Host: 127.0.0.1:${p}\r\n${allowed}`), [400]],
    [
      "two lengths",
      (p) =>
        `POST /pinnace/v1/runs HTTP/1.1\r\nHost: 127.0.0.1:${p}\r\n${allowed}Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}`,
      [400, 0]
    ],
    [
      "a length and chunks",
      (p) =>
        `POST /pinnace/v1/runs HTTP/1.1\r\nHost: 127.0.0.1:${p}\r\n${allowed}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`,
      [400, 0]
    ],
    ["a head that is too long", (p) => get("/healthz", `Host: 127.0.0.1:${p}\r\nX-Long: ${"x".repeat(20_000)}\r\n`), [
      400,
      431,
      0
    ]],
    ["a host with a name before it", (p) => get("/healthz", `Host: 127.0.0.1:${p}@evil.example\r\n`), [400, 421]],
    ["a name before a host", (p) => get("/healthz", `Host: evil.example@127.0.0.1:${p}\r\n`), [400, 421]],
    ["two hosts in one", (p) => get("/healthz", `Host: 127.0.0.1:${p}, evil.example\r\n`), [400, 421]],
    ["an empty host", () => get("/healthz", "Host: \r\n"), [400, 421]],
    ["a host that ends in a dot", (p) => get("/healthz", `Host: localhost.:${p}\r\n`), [400, 421]],
    ["a host with a path", (p) => get("/healthz", `Host: 127.0.0.1:${p}/x\r\n`), [400, 421]],
    ["an address of all", (p) => get("/healthz", `Host: 0.0.0.0:${p}\r\n`), [400, 421]],
    ["an address in another form", (p) => get("/healthz", `Host: 2130706433:${p}\r\n`), [400, 421]],
    ["a whole URL of this server", (p) => get(`http://127.0.0.1:${p}/healthz`, `Host: 127.0.0.1:${p}\r\n`), [400]],
    ["a target without a path", (p) => get("*", `Host: 127.0.0.1:${p}\r\n`), [400, 0]],
    ["a tunnel", (p) => `CONNECT evil.example:443 HTTP/1.1\r\nHost: 127.0.0.1:${p}\r\n\r\n`, [400, 405, 0]],
    ["a host on a second line", (p) => get("/healthz", `Host: 127.0.0.1:${p}\r\n evil.example\r\n`), [400, 421, 0]],
    ["a blank in a name", (p) => get("/healthz", `Host : 127.0.0.1:${p}\r\n`), [400, 421, 0]],
    ["another protocol", (p) => `GET / HTTP/9.9\r\nHost: 127.0.0.1:${p}\r\n\r\n`, [400, 505, 0]],
    ...["+2", "2, 2", "0x2", "-1", "2e0", "99999999999999999999"].map((length) =>
      [
        `the length ${length}`,
        (p: number) =>
          `POST /pinnace/v1/gc HTTP/1.1\r\nHost: 127.0.0.1:${p}\r\n${allowed}Content-Length: ${length}\r\nConnection: close\r\n\r\n{}`,
        [400, 413, 0]
      ] as const
    ),
    ...["chunked, identity", "identity, chunked", "xchunked", "chunked\r\nTransfer-Encoding: chunked"].map((coding) =>
      [
        `the coding ${JSON.stringify(coding)}`,
        (p: number) =>
          `POST /pinnace/v1/gc HTTP/1.1\r\nHost: 127.0.0.1:${p}\r\n${allowed}Transfer-Encoding: ${coding}\r\nConnection: close\r\n\r\n0\r\n\r\n`,
        [400, 501, 0]
      ] as const
    ),
    ["HTTP/2", () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400, 0]]
  ]

describe.each(["node", "bun", "deno"] as const)("A server on %s", (runtime) => {
  let server: Serving
  beforeAll(async () => void (server = await serving(runtime)))
  afterAll(async () => {
    // Whatever clients left open, it ends by itself.
    const idle = connect(server.port, "127.0.0.1").on("error", () => {}).resume()
    expect(await server.end()).toBe(0)
    idle.destroy()
  })

  it.each(table)("answers %s", async (what, bytes, statuses) => {
    const { status, text } = await raw(server.port, bytes(server.port))
    expect(statuses, `${what}: ${text.slice(0, 300)}`).toContain(status)
    expect(text).not.toMatch(/root:|at file:|\.ts:\d/)
  })

  it("does not wait for heads that never end, and answers others after many such", async () => {
    const slow = Array.from({ length: 300 }, () => {
      const socket = connect(server.port, "127.0.0.1").on("error", () => {}).resume()
      socket.write("GET /healthz HTTP/1.1\r\nHost: 127")
      return socket
    })
    await Promise.all(slow.map((socket) => new Promise<void>((resolve) => socket.on("close", () => resolve()))))
    const asked = get("/healthz", `Host: 127.0.0.1:${server.port}\r\n`)
    await expect.poll(async () => (await raw(server.port, asked)).status, { timeout: 600_000 }).toBe(200)
  })
})
