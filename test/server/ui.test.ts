/** `pinnace ui` as people use it: a process that serves a state file until it is asked to end. */
import { chmodSync } from "node:fs"
import { type AddressInfo, createServer } from "node:net"
import { afterAll, expect, it } from "vitest"
import { open } from "../../mod.ts"
import { serve } from "../../src/server/mod.ts"
import { Cli } from "../cli/Cli.ts"
import { raw } from "./Raw.ts"

const cli = new Cli()
afterAll(() => cli.remove())

it("serves the state file, says how to reach it, and ends at once with Ctrl-C while clients still listen", async () => {
  const manifest = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { name: hello }
spec: { entrypoint: main, templates: [{ name: main, suspend: { duration: "0" } }] }
`
  expect((await cli.run(["run", cli.file("hello.yaml", manifest), "--id", "hello"])).code).toBe(0)
  const template = "apiVersion: argoproj.io/v1alpha1\nkind: WorkflowTemplate\nmetadata: { name: t }\nspec: {}\n"
  const ui = cli.start(["ui", cli.file("t.yaml", template), "--port", "0", "--log"])
  await ui.seen("KUBECONFIG")
  expect(ui.err).toMatch(/^Opening .*state\.db…$/m)
  const [, address = "", token = ""] = /^(http:\/\/127\.0\.0\.1:\d+)\/#token=(\S+)$/m.exec(ui.out) ?? []
  expect(ui.err).toContain(
    `ARGO_SERVER=${address.slice(7)} ARGO_HTTP1=true ARGO_SECURE=false ARGO_TOKEN='Bearer ${token}'`
  )
  const headers = { authorization: `Bearer ${token}` }
  expect((await fetch(`${address}/pinnace/v1/runs`)).status).toBe(401)
  const answer = await fetch(`${address}/pinnace/v1/runs`, { headers })
  expect(await answer.json()).toMatchObject({ runs: [{ id: "hello", phase: "Succeeded" }] })
  const templates = await fetch(`${address}/api/v1/workflow-templates/`, { headers })
  expect(await templates.json()).toMatchObject({ items: [{ metadata: { name: "t" } }] })
  const remote = (...args: ReadonlyArray<string>) =>
    cli.run(["--server", address, ...args], { PINNACE_TOKEN: token, PINNACE_DB: "elsewhere.db" })
  expect((await remote("list", "-o", "name")).out).toBe("hello\n")
  expect(await remote("get", "none")).toMatchObject({ code: 64, err: expect.stringContaining('no run "none"') })
  const again = await remote("resubmit", "hello")
  expect([again.code, again.out]).toEqual([0, expect.stringContaining("Succeeded")])
  const started = await remote("run", cli.file("hello.yaml", manifest), "--id", "sent")
  expect([started.code, started.out]).toEqual([0, expect.stringContaining("hello Succeeded")])
  expect(await remote("backup", "x.db")).toMatchObject({ code: 64, err: expect.stringContaining("without --server") })
  expect(await cli.run(["--server", address, "list"])).toMatchObject({ code: 2, err: expect.stringContaining("token") })
  const stream = await fetch(`${address}/api/v1/workflow-events/argo`, { headers })
  const told = stream.body!.getReader()
  expect((await told.read()).done).toBe(false)
  ui.child.kill("SIGINT")
  expect((await ui.done).code).toBe(130)
  expect(ui.err).toContain("GET /pinnace/v1/runs 401")
  expect(ui.err.split("\n").filter((line) => line.startsWith("GET")).join()).not.toContain(token)
})

it("takes a token from a file that nobody else can read, and does not show it", async () => {
  const file = cli.file("token", "a-token-of-my-own-choice\n")
  chmodSync(file, 0o644)
  const open = await cli.run(["ui", "--port", "0", "--token-file", file])
  expect([open.code, open.err]).toEqual([64, expect.stringContaining("chmod 600")])
  const remote = await cli.run(["ui", "--port", "0", "--host", "0.0.0.0"])
  expect([remote.code, remote.err]).toEqual([64, expect.stringMatching(/--token-file FILE.*ssh -L/)])
})

it("opens the state file only to read it, where it only shows: nothing is made, and no run goes on", async () => {
  const shows = await cli.run(["ui", "--port", "0", "--read-only", "--db", "none.db"])
  expect([shows.code, shows.err]).toEqual([64, expect.stringContaining("there is no state file none.db here")])
})

it("makes no state file where there is nothing to start: a name may be mistyped", async () => {
  const shows = await cli.run(["ui", "--port", "0", "--db", "pinace.db"])
  expect([shows.code, shows.out]).toEqual([64, ""])
  expect(shows.err).toContain("there is no state file pinace.db here. Name one with --db FILE")
})

it("serves from the process that executes a run, with --ui", async () => {
  const waits = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { name: waits }
spec: { entrypoint: main, templates: [{ name: main, suspend: {} }] }
`
  const run = cli.start(["run", cli.file("waits.yaml", waits), "--id", "served", "--ui", "--db", ":memory:"])
  await run.seen("Serving at")
  const [, address = "", token = ""] = /(http:\/\/127\.0\.0\.1:\d+)\/#token=(\S+)/.exec(run.err) ?? []
  const headers = { authorization: `Bearer ${token}` }
  const nodes = async () => (await fetch(`${address}/pinnace/v1/runs/served/nodes`, { headers })).text()
  await expect.poll(nodes, { timeout: 600_000 }).toContain('"waiting":"Signal"')
  await fetch(`${address}/api/v1/workflows/argo/served/resume`, { method: "PUT", headers, body: "{}" })
  expect((await run.done).code).toBe(0)
})

it("does not listen at a port that another program has at localhost", async () => {
  await using pinnace = await open(":memory:")
  const other = createServer()
  const isThere = await new Promise((resolve) =>
    other.on("error", () => resolve(false)).listen(0, "::1", () => resolve(true))
  )
  if (isThere === false) return
  const { port } = other.address() as AddressInfo
  await expect(serve(pinnace, { port })).rejects.toMatchObject({ code: "EADDRINUSE" })
  await new Promise((resolve) => other.close(resolve))
})

it("tells of clients that speak HTTP/2", async () => {
  const notes: Array<string> = []
  await using pinnace = await open(":memory:")
  const server = await serve(pinnace, { onNote: (it) => notes.push(it) })
  for (let at = 0; at < 3; at++) await raw(server.port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
  await server.close()
  expect(notes).toEqual([expect.stringContaining("ARGO_HTTP1=true")])
})
