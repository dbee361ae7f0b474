/** Pages in a real browser that attack a server of this machine: foreign pages, and files that workflows have made. */
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { type Browser, chromium, type Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { Artifact, open, task, workflow } from "../../mod.ts"
import { type Answered, type PinnaceServer, serve } from "../../src/server/mod.ts"
import { browserAt, browserFlags, noBrowser } from "../page/Browser.ts"

/** Tries to reach whatever it can, and says in its title how that went. */
const nosy = (port: number): string =>
  `<script>
const tried = {}
const attempt = (name, act) => { try { tried[name] = String(act()) } catch (error) { tried[name] = error.name } }
attempt("origin", () => origin)
attempt("cookie", () => document.cookie)
attempt("storage", () => localStorage.length)
attempt("session", () => sessionStorage.length)
attempt("parent", () => parent === window ? "alone" : parent.document.title)
attempt("top", () => { if (parent !== window) top.location = "http://127.0.0.1:${port}/stolen" ; return "tried" })
attempt("worker", () => { navigator.serviceWorker.register("/x.js"); return "tried" })
const settled = (promise) => promise.then(() => "reached", (error) => error.name)
new Image().src = "http://127.0.0.1:${port}/image"
navigator.sendBeacon?.("http://127.0.0.1:${port}/beacon", "x")
Promise.all([settled(fetch("/pinnace/v1/runs")), settled(fetch("http://127.0.0.1:${port}/fetch"))]).then((all) => {
  tried.fetches = all.join()
  const said = JSON.stringify(tried)
  document.title = said
  if (parent !== window) parent.postMessage(said, "*")
})
</script>`

const reached: Array<string> = []
const answers: Array<Answered> = []
const save = workflow("save", {}, (w) =>
  w.node(
    "save",
    task("save", {
      output: Artifact,
      run: (_: unknown, { artifacts }) => artifacts.putText("page.html", nosy(other.port), { mediaType: "text/html" })
    })
  ))

const pinnace = await open(":memory:", { workflows: [save] })
let server: PinnaceServer
let browser: Browser
let foreign: Server
const other = { port: 0 }

beforeAll(async () => {
  if (noBrowser) return
  server = await serve(pinnace, { onAnswer: (it) => answers.push(it) })
  foreign = createServer(({ url = "" }, answer) => {
    reached.push(url)
    answer.writeHead(200, { "content-type": "text/html" }).end("<title>foreign</title>")
  })
  await new Promise<void>((resolve) => foreign.listen(0, "127.0.0.1", resolve))
  other.port = (foreign.address() as AddressInfo).port
  // Another name that leads to this machine, as whoever owns a name can make it.
  const args = [...browserFlags, "--host-resolver-rules=MAP evil.example 127.0.0.1"]
  browser = await chromium.launch({ executablePath: browserAt!, args })
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await server?.close()
  foreign?.close()
  await pinnace.close()
})

/** A page of another program, at a name of ours or of its own. */
const pageAt = async (address: string): Promise<Page> => {
  const page = await (await browser.newContext()).newPage()
  await page.goto(address)
  return page
}

/** Everything that a page may try without being asked, on a server whose address it knows. */
const attacks = `async (target) => {
  const settled = (promise) => promise.then(() => "reached", (error) => error.name)
  const loaded = (tag, src) => new Promise((resolve) => {
    const element = document.createElement(tag)
    element.onload = () => resolve("reached")
    element.onerror = () => resolve("refused")
    element.src = src
    document.body.append(element)
  })
  const opened = (it) => new Promise((resolve) => {
    it.onopen = () => resolve("reached")
    it.onerror = () => (it.close(), resolve("refused"))
  })
  const body = JSON.stringify({ manifests: [{ name: "x.yaml", text: "kind: Workflow" }] })
  const form = document.createElement("form")
  const frame = Object.assign(document.createElement("iframe"), { name: "hidden" })
  Object.assign(form, { action: target + "/pinnace/v1/runs", method: "POST", target: "hidden", enctype: "text/plain" })
  form.append(Object.assign(document.createElement("input"), { name: body, value: "" }))
  document.body.append(frame, form)
  const submitted = new Promise((resolve) => frame.addEventListener("load", resolve))
  form.submit()
  await submitted
  const headers = { authorization: "Bearer guess" }
  return {
    read: await settled(fetch(target + "/healthz")),
    write: await settled(fetch(target + "/pinnace/v1/runs", { method: "POST", body, headers })),
    // It goes out, and its answer says nothing: what it did there is looked at by the test.
    blind: await settled(fetch(target + "/pinnace/v1/runs", { method: "POST", body, mode: "no-cors" })),
    script: await loaded("script", target + "/healthz"),
    image: await loaded("img", target + "/healthz"),
    socket: await opened(new WebSocket(target.replace("http", "ws"))),
    source: await opened(new EventSource(target + "/pinnace/v1/runs/x/events"))
  }
}`

/** Shows a file in a frame as the page does, and waits for what it says. */
const framed = `(source) => new Promise((resolve) => {
  addEventListener("message", ({ data }) => resolve(data))
  const frame = document.createElement("iframe")
  frame.setAttribute("sandbox", "allow-scripts")
  frame.src = source
  document.body.append(frame)
})`

const call = (source: string, argument: string): string => `(${source})(${JSON.stringify(argument)})`

it.skipIf(noBrowser)("of other programs and sites read nothing, do nothing and start nothing", async () => {
  for (const host of ["127.0.0.1", "evil.example"]) {
    const page = await pageAt(`http://${host}:${other.port}/`)
    answers.length = 0
    expect(await page.evaluate(call(attacks, server.url))).toMatchObject({
      read: "TypeError",
      write: "TypeError",
      script: "refused",
      image: "refused",
      socket: "refused",
      source: "refused"
    })
    expect(answers.map(({ status }) => status).filter((it) => it !== 403)).toEqual([])
    expect(answers.length).toBeGreaterThan(3)
    expect(pinnace.engine.closed).toBe(false)
    await page.context().close()
  }
  const { runs } = await (await fetch(`${server.url}/pinnace/v1/runs`, {
    headers: { authorization: `Bearer ${server.token}` }
  })).json() as { runs: ReadonlyArray<unknown> }
  expect(runs).toEqual([])
}, 120_000)

it.skipIf(noBrowser)("that lie at a name which was bound to this machine are not answered", async () => {
  const page = await (await browser.newContext()).newPage()
  const answer = await page.goto(`http://evil.example:${server.port}/`)
  expect(answer!.status()).toBe(421)
  const same = `(authorization) => fetch("/pinnace/v1/runs", { headers: { authorization } }).then((it) => it.status)`
  expect(await page.evaluate(call(same, `Bearer ${server.token}`))).toBe(421)
  await page.context().close()
}, 120_000)

it.skipIf(noBrowser)("that a workflow has made run by themselves, and reach nothing", async () => {
  const run = await pinnace.start(save, undefined, { id: "saves" })
  const { artifact } = await run.result()
  const headers = { authorization: `Bearer ${server.token}` }
  const asked = await fetch(`${server.url}/pinnace/v1/artifacts/${encodeURIComponent(artifact)}/ticket`, {
    method: "POST",
    headers
  })
  const { url } = await asked.json() as { url: string }
  reached.length = 0
  const context = await browser.newContext()
  const alone = await context.newPage()
  await alone.goto(`${server.url}${url}`)
  await alone.waitForFunction(`document.title.startsWith("{")`)
  const refused = {
    origin: "null",
    cookie: "SecurityError",
    storage: "SecurityError",
    session: "SecurityError",
    fetches: "TypeError,TypeError"
  }
  expect(JSON.parse(await alone.title())).toMatchObject({ ...refused, parent: "alone" })
  const shown = await context.newPage()
  await shown.goto(`${server.url}/`)
  const said = await shown.evaluate<string>(call(framed, url))
  expect(JSON.parse(said)).toMatchObject({ ...refused, parent: "SecurityError" })
  expect(shown.url()).toBe(`${server.url}/`)
  expect(reached).toEqual([])
  await context.close()
}, 120_000)
