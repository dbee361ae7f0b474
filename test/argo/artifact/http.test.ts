import { execFileSync } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { createServer, type RequestListener, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { loadHttp } from "../../../src/argo/artifact/http.ts"
import { VirtualClock } from "../../../src/testing/VirtualClock.ts"
import { outcome, Play } from "./Play.ts"

const play = new Play()
let server: Server
let address = ""
let requests: Array<string> = []
const answers: Record<string, RequestListener> = {}

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request.url!)
    const answer = answers[request.url!]
    if (answer === undefined) response.writeHead(404).end("no")
    else answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const folder = join(play.folder, "packed")
  mkdirSync(join(folder, "d/e"), { recursive: true })
  writeFileSync(join(folder, "d/e/f"), "deep")
  writeFileSync(join(folder, "plain"), "unpacked")
  for (const [name, flag, what] of [["one.tgz", "-czf", "d"], ["file.tar", "-cf", "plain"]] as const) {
    execFileSync("tar", [flag, join(folder, name), "-C", folder, what])
    answers[`/${name}`] = (_, response) => response.end(readFileSync(join(folder, name)))
  }
  execFileSync("gzip", [join(folder, "plain")])
  answers["/plain.gz"] = (_, response) => response.end(readFileSync(join(folder, "plain.gz")))
  answers["/text"] = (_, response) => response.end("a text")
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await play.close()
})

describe("An input artifact from HTTP", () => {
  const from = (path: string, more = "") => `http: {url: "${address}${path}"}${more}`

  it("is the file, and what is in it when it is a tar archive", async () => {
    expect(outcome(await play.input(from("/text", ", mode: 0640"), "cat in; stat -c ' %a' in"))).toBe("a text 640")
    expect(outcome(await play.input(from("/one.tgz"), "cat in/e/f"))).toBe("deep")
    expect(outcome(await play.input(from("/file.tar"), "cat in"))).toBe("unpacked")
    expect(outcome(await play.input(from("/one.tgz", ", subPath: e"), "cat in/f"))).toBe("deep")
  })

  it("stays as it is when it is packed otherwise, or the manifest says so", async () => {
    expect(outcome(await play.input(from("/plain.gz"), "gunzip < in"))).toBe("unpacked")
    expect(outcome(await play.input(from("/one.tgz", ", archive: {none: {}}"), "tar tzf in | tail -n 1"))).toBe("d/e/f")
  })

  it("is asked for with headers and basic authentication", async () => {
    answers["/closed"] = (request, response) =>
      response.end(`${request.headers["x-a"]} ${request.headers.authorization}`)
    const auth = "auth: {basicAuth: {usernameSecret: {name: s, key: u}, passwordSecret: {name: s, key: p}}}"
    const artifact = `http: {url: "${address}/closed", headers: [{name: x-a, value: b}], ${auth}}`
    const secret = "---\nkind: Secret\nmetadata: {name: s}\nstringData: {u: ann, p: 'a:b'}\n"
    const basic = btoa("ann:a:b")
    expect(outcome(await play.input(artifact, "cat in", secret))).toBe(`b Basic ${basic}`)
    const without = await play.input(artifact, "cat in")
    expect(without.phase).toBe("Error")
    expect(without.message).toContain('The Secret "s" with the key "u" is not in the given files')
  })

  it("is asked for again when the server is not ready, and not when it says no", async () => {
    let times = 0
    answers["/busy"] = (_, response) => ++times < 3 ? response.writeHead(503).end() : response.end("at last")
    expect(outcome(await play.input(from("/busy"), "cat in"))).toBe("at last")
    answers["/secret"] = (_, response) => response.writeHead(403).end()
    requests = []
    const refused = await play.input(from("/secret"), "cat in")
    expect([refused.phase, requests]).toEqual(["Error", ["/secret"]])
    expect(refused.message).toBe(
      `init: Error (exit code 64): artifact in failed to load: ${address}/secret: the server answered 403 Forbidden`
    )
  })

  it("is given up when the server sends nothing, or no more", async () => {
    answers["/silent"] = () => {}
    answers["/half"] = (_, response) => response.write("half")
    for (const path of ["/silent", "/half"]) {
      const clock = new VirtualClock({ now: 0 })
      let message = ""
      requests = []
      Effect.runFork(
        Effect.flip(loadHttp({ url: `${address}${path}` }, [], join(play.folder, "never"))).pipe(
          Effect.tap((error) => Effect.sync(() => message = error.message)),
          Effect.provideService(Clock.Clock, clock)
        )
      )
      while (message === "") {
        // Time passes only while a request is out, or between two.
        if (clock.nextWake < Infinity) clock.wakeNext()
        await new Promise((resolve) => setImmediate(resolve))
      }
      expect(message).toBe(`${address}${path}: the server sends nothing`)
    }
  })

  it("may be missing when it is optional", async () => {
    expect(outcome(await play.input(from("/none", ", optional: true"), "test -e in || echo none"))).toBe("none")
    expect((await play.input(from("/none"), "cat in")).message).toContain(`there is nothing at ${address}/none`)
  })

  it("can be given to a template, and passed on", async () => {
    const run = await play.run(`entrypoint: main
arguments: {artifacts: [{name: a, http: {url: "${address}/text"}}]}
volumes: [{name: v, emptyDir: {}}]
templates:
- name: main
  inputs: {artifacts: [{name: a}]}
  steps: [[{name: s, template: use, arguments: {artifacts: [{name: b, from: "{{inputs.artifacts.a}}"}]}}]]
- name: use
  inputs: {artifacts: [{name: b, path: /v/b}]}
  outputs: {parameters: [{name: out, valueFrom: {path: /v/b}}]}
  container: {command: ["true"], volumeMounts: [{name: v, mountPath: /v}]}`)
    expect(run.nodes.at(-1)!.outputs.parameters?.[0]?.value).toBe("a text")
  })
})
