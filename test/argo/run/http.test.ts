/** HTTP templates against a server of the test: what conditions see, and how nodes end. */
import * as Effect from "effect/Effect"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { open, type Pinnace } from "../../../mod.ts"
import { load, viewRun } from "../../../src/argo/mod.ts"

let server: Server
let pinnace: Pinnace
beforeAll(async () => {
  server = createServer((request, response) => {
    response.writeHead(
      request.url === "/none" ? 404 : 200,
      [
        ["content-type", "text/plain"],
        ["x-rate-LIMIT", "10"],
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"]
      ].flat()
    )
    response.end("hello")
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  pinnace = await open(":memory:")
})
afterAll(async () => {
  await pinnace?.close()
  server?.close()
})

const played = async (path: string, successCondition: string) => {
  const { port } = server.address() as AddressInfo
  const http = {
    url: `http://127.0.0.1:${port}${path}`,
    headers: [{ name: "X-own", value: "mine" }, {
      name: "X-Hidden",
      valueFrom: { secretKeyRef: { name: "s", key: "k" } }
    }],
    ...(successCondition === "" ? {} : { successCondition })
  }
  const spec = { entrypoint: "call", templates: [{ name: "call", http }] }
  const secret = { kind: "Secret", metadata: { name: "s" }, stringData: { k: "secret" } }
  const text = [{ kind: "Workflow", metadata: { name: "ask" }, spec }, secret].map((it) => JSON.stringify(it)).join(
    "\n---\n"
  )
  const run = await pinnace.start(load(text), { parameters: {} })
  await run.ending()
  const [{ message, outputs, phase } = expect.fail("no node")] = Effect.runSync(viewRun(pinnace.engine, run.id))!.nodes
  return { phase, message, result: outputs.result }
}

describe("an HTTP template", () => {
  it.each([
    ["/", ""],
    ["/", `response.headers["Content-Type"][0] == "text/plain"`],
    ["/", `response.headers["X-Rate-Limit"] == ["10"]`],
    ["/", `response.headers["Set-Cookie"] == ["a=1", "b=2"]`],
    ["/", `response.headers["content-type"] == nil`],
    ["/", `request.headers["X-own"][0] == "mine" && request.headers["X-Hidden"] == nil`],
    ["/none", `response.statusCode == 404 && response.body == "hello" && request.method == "GET"`]
  ])("%s succeeds where %s", async (path, condition) => {
    expect(await played(path, condition)).toEqual({ phase: "Succeeded", message: "", result: "hello" })
  })

  it.each([
    ["/none", "", "received non-2xx response code: 404"],
    ["/", "response.statusCode == 201", "successCondition 'response.statusCode == 201' evaluated false"],
    ["/", "response.statusCode", "is not true or false"],
    ["/", `response.headers["X-None"][0] == "1"`, "cannot be evaluated"],
    ["/", "fromJSON(response.body).a == 1", "cannot be evaluated"]
  ])("%s fails where %s", async (path, condition, message) => {
    expect(await played(path, condition)).toMatchObject({ phase: "Failed", message: expect.stringContaining(message) })
  })
})
