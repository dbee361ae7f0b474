/** Our API beyond lists and commands: starting, logs, waiting, artifacts, semaphores, archives. */
import { afterAll, describe, expect, it, onTestFinished, vi } from "vitest"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Artifact, open, Schema, semaphore, storedLimit, task, workflow } from "../../mod.ts"
import { abouts } from "../../src/server/api/about.ts"
import { fileHeaders } from "../../src/server/http/file.ts"
import { handler } from "../../src/server/mod.ts"
import { removeTree } from "../removeTree.ts"

const token = "a-token-of-the-tests"
const page = "<script>document.title = 1</script>"
const save = task("save", {
  input: { at: Schema.Date },
  output: Artifact,
  permits: [semaphore("api", { limit: storedLimit(2) }).take(1)],
  run: ({ at }, { artifacts, log }) => {
    log.info(`it is ${at.getUTCFullYear()}`)
    log.warn("that was all")
    return artifacts.putText("page.html", page, { mediaType: "text/html" })
  }
})
const report = workflow("report", { description: "Saves a page", input: { at: Schema.Date } }, (w) => {
  const saved = w.node("save", save, { input: (_: unknown, { at }: { readonly at: Date }) => ({ at }) })
  w.suspend("ask", { output: Schema.Struct({ yes: Schema.Boolean }), after: [saved] })
  return saved
})

const tries = task("tries", {
  input: { ok: Schema.Number },
  output: Artifact,
  retry: { limit: 3 },
  run: ({ ok }, { artifacts, attempt }) => {
    if (attempt < ok) throw new Error(`no ${attempt}`)
    return artifacts.putText(`${attempt}.txt`, "x")
  }
})
const inner = workflow("inner", {}, (w) => w.suspend("ask", { output: Schema.Struct({ yes: Schema.Boolean }) }))
const parts = workflow("parts", {}, (w) => {
  w.node("first", tries, { input: { ok: 1 } })
  w.node("second", tries, { input: { ok: 3 } })
  w.node("inner", inner, {})
  w.map("each", [], inner, () => ({}))
})

const folder = mkdtempSync(join(tmpdir(), "pinnace-server-"))
const pinnace = await open(join(folder, "state.db"), { workflows: [report, parts] })
const answer = handler(pinnace, { token })
afterAll(async () => {
  await pinnace.close()
  removeTree(folder)
})

const ask = (method: string, target: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  answer(
    new Request(`http://127.0.0.1${target}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body === undefined
        ? {}
        : { body: body instanceof Uint8Array ? body as Uint8Array<ArrayBuffer> : JSON.stringify(body) })
    })
  )
const json = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> =>
  await (await ask(method, `/pinnace/v1${path}`, body)).json() as Record<string, unknown>

describe("Our API", () => {
  it("says who asks, which workflows there are, and what they take as JSON Schemas", async () => {
    expect(await json("GET", "/session")).toMatchObject({
      who: "token",
      readOnly: false,
      workflows: ["report", "parts"]
    })
    expect(await json("GET", "/workflows")).toMatchObject([{ name: "report", description: "Saves a page" }, {
      name: "parts"
    }])
    expect(await json("GET", "/workflows/report")).toMatchObject({
      input: { type: "object", properties: { at: { type: "string" } } },
      signals: { ask: { type: "object", properties: { yes: { type: "boolean" } } } },
      graph: { version: 1 }
    })
    expect((await json("GET", "/workflows/parts"))["signals"]).toMatchObject({
      "inner/ask": { type: "object", required: ["yes"] },
      "each[*]/ask": { type: "object", required: ["yes"] }
    })
    expect(await json("GET", "/workflows/none")).toMatchObject({
      _tag: "NotFound",
      message: expect.stringContaining("report")
    })
  })

  it("starts workflows from JSON, and refuses input that does not fit", async () => {
    const bad = await ask("POST", "/pinnace/v1/runs", { workflow: "report", input: { at: 7 } })
    expect([bad.status, await bad.json()]).toEqual([400, expect.objectContaining({ _tag: "InvalidInput" })])
    const input = { at: "2026-11-29T00:00:00.000Z" }
    expect(await json("POST", "/runs", { workflow: "report", input, id: "r1", labels: { team: "a" } })).toMatchObject({
      id: "r1",
      labels: { team: "a" }
    })
    expect(await json("GET", "/runs/r1/wait?node=ask&until=waiting")).toMatchObject({ path: "ask", waiting: "Signal" })
    expect((await ask("GET", "/pinnace/v1/runs/r1/ending?within=10")).status).toBe(202)
    expect(await json("POST", "/runs/r1/signal", { node: "ask", value: { yes: true } })).toMatchObject({ ok: true })
    expect(await json("GET", "/runs/r1/ending")).toMatchObject({ phase: "Succeeded" })
  })

  it("does it again with another input as JSON, and tells before what that would be and how long it takes", async () => {
    const input = { at: "2027-01-01T00:00:00.000Z" }
    const bad = await ask("POST", "/pinnace/v1/runs/r1/fork?plan", { node: "ask", input: { at: "soon" } })
    expect([bad.status, await bad.json()]).toEqual([400, expect.objectContaining({ _tag: "InvalidInput" })])
    for (const verb of ["fork", "fork?plan", "resubmit", "resubmit?plan", "retry", "retry?plan"]) {
      const unknown = await ask("POST", `/pinnace/v1/runs/r1/${verb}`, {
        ...verb.startsWith("fork") ? { node: "ask" } : {},
        memoised: true
      })
      expect([unknown.status, await unknown.text()]).toEqual([400, expect.stringContaining("memoised")])
    }
    expect(await json("POST", "/runs/r1/fork?plan", { node: "ask" })).toMatchObject({
      reset: [{ path: "ask", why: "it was chosen" }],
      keep: 1,
      estimate: { runs: 1, isLeast: false }
    })
    const plan = await json("POST", "/runs/r1/resubmit?plan", { memoized: true, input }) as { reset: Array<object> }
    expect(plan.reset).toHaveLength(2)
    const made = await json("POST", "/runs/r1/fork", { node: "ask", input, id: "r1-fork" })
    expect(made).toMatchObject({ id: "r1-fork", origin: "r1" })
    await json("GET", "/runs/r1-fork/wait?node=ask&until=waiting")
    expect(await json("GET", "/runs/r1-fork/logs")).toMatchObject({ lines: [{ text: "it is 2027" }, {}] })
    await ask("DELETE", "/pinnace/v1/runs/r1-fork?force")
  })

  it("starts manifests that are sent", async () => {
    const text = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { name: hello }
spec: { entrypoint: main, templates: [{ name: main, suspend: { duration: "0" } }] }`
    expect(await json("POST", "/runs", { manifests: [{ name: "hello.yaml", text }], id: "m1" })).toMatchObject({
      id: "m1",
      kind: "manifest"
    })
    expect(await json("GET", "/runs/m1/ending")).toMatchObject({ phase: "Succeeded" })
    const placed = { name: "placed.yaml", text: text.replace("hello", "placed"), path: "/somewhere/else.yaml" }
    await json("POST", "/runs", { manifests: [placed], id: "placed" })
    expect(JSON.stringify(await json("GET", "/runs/placed/definition"))).not.toContain("/somewhere")
    const bad = await ask("POST", "/pinnace/v1/runs", { manifests: [{ name: "x.yaml", text: "kind: Workflow" }] })
    expect([bad.status, await bad.json()]).toEqual([400, expect.objectContaining({ _tag: "InvalidManifest" })])
    const secret = "apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData: { word: a-secret-word }"
    await json("POST", "/runs", { manifests: [{ name: "s.yaml", text: `${secret}\n---\n${text}` }], id: "m2" })
    await json("GET", "/runs/m2/ending")
    expect(JSON.stringify(await json("GET", "/runs/m2/definition"))).not.toContain("a-secret-word")
    const again = await ask("POST", "/pinnace/v1/runs/m2/retry", {})
    expect([again.status, await again.text()]).toEqual([409, expect.stringContaining('values of Secret \\"s\\"')])
  })

  it("shows a run as a tree, as a graph, over time, beside another one, and each of its nodes", async () => {
    expect(await json("GET", "/runs/r1/tree")).toMatchObject({ id: "r1", nodes: [{ path: "save" }, { path: "ask" }] })
    expect(await json("GET", "/runs/r1/graph")).toHaveLength(2)
    const { seq } = await json("GET", "/runs/r1/opening") as { readonly seq: number }
    expect(await json("GET", "/runs/r1/opening")).toMatchObject({
      run: { id: "r1" },
      nodes: { path: ["ask", "save"], kind: ["suspend", "task"] },
      events: expect.arrayContaining([[1, expect.objectContaining({ type: "RunCreated" })]])
    })
    expect(await json("GET", `/runs/r1/events?after=${seq}`)).toEqual({ events: [] })
    expect(await json("GET", "/runs/none/opening")).toMatchObject({ _tag: "RunNotFound", id: "none" })
    expect(await json("GET", "/runs/r1/undoable")).toBe(0)
    const { events } = await json("GET", "/runs/r1/events?path=save") as unknown as {
      readonly events: ReadonlyArray<{ readonly event: { readonly path: string } }>
    }
    expect(new Set(events.map(({ event }) => event.path))).toEqual(new Set(["save"]))
    expect(await json("GET", "/runs/r1/timeline")).toMatchObject({
      rows: expect.any(Array),
      critical: expect.any(Array)
    })
    expect(await json("GET", "/runs/r1/diff?with=r1")).toEqual([])
    const overlay = await json("GET", "/runs/r1/overlay?with=r1") as unknown as ReadonlyArray<Record<string, unknown>>
    expect(overlay.length).toBeGreaterThan(0)
    for (const { left, right } of overlay) expect(left).toEqual(right)
    expect(await json("GET", "/runs/r1/diff?with=none")).toMatchObject({ _tag: "RunNotFound", id: "none" })
    expect(await json("GET", "/runs/r1/node?path=save")).toMatchObject({
      node: { path: "save", input: { at: "2026-11-29T00:00:00.000Z" }, output: { name: "page.html" } },
      artifacts: [{ name: "page.html" }]
    })
    expect(await json("GET", "/runs/r1/node?path=none")).toMatchObject({ _tag: "NotFound" })
    expect((await ask("GET", "/pinnace/v1/runs/r1/node")).status).toBe(400)
  })

  it("shows one node with its attempts, what it saved and why it waits, and reads nothing of others", async () => {
    const run = await pinnace.start(parts, undefined, { id: "parts" })
    await run.waitFor("inner/ask", "waiting")
    await Promise.all([run.waitFor("first"), run.waitFor("second")])
    const { reads } = pinnace.engine.host.journal
    const whole = [vi.spyOn(reads, "nodes"), vi.spyOn(reads, "events"), vi.spyOn(reads, "listRuns")]
    onTestFinished(() => whole.forEach((it) => it.mockRestore()))
    const lists = vi.spyOn(reads.artifacts, "list")
    onTestFinished(() => lists.mockRestore())
    const node = (path: string) => json("GET", `/runs/parts/node?path=${encodeURIComponent(path)}`)
    expect(await node("second")).toMatchObject({
      node: { path: "second", phase: "Succeeded", attempt: 3, output: { name: "3.txt" } },
      attempts: [{ attempt: 1, error: expect.stringContaining("no 1") }, {
        attempt: 2,
        error: expect.stringContaining("no 2")
      }],
      artifacts: [{ name: "3.txt", path: "second" }],
      why: []
    })
    expect(await node("first")).toMatchObject({ attempts: [], artifacts: [{ name: "1.txt", path: "first" }] })
    expect(await node("inner/ask")).toMatchObject({
      node: { phase: "Running", waiting: "Signal" },
      artifacts: [],
      signal: { type: "object", properties: { yes: { type: "boolean" } } },
      why: [{ path: "inner/ask", because: expect.stringContaining("signal") }]
    })
    expect((await node("inner"))["why"]).toMatchObject([{ path: "inner" }, { path: "inner/ask" }])
    // Why it waits needs the definition of its run at most, and the events that hold what was asked for.
    expect(whole[0]!.mock.calls).toEqual([])
    expect(whole[1]!.mock.calls.every(([, , limit]) => limit === 1)).toBe(true)
    expect(lists.mock.calls.every(([{ path }]) => path !== undefined)).toBe(true)
    await run.signal("inner/ask", { yes: true })
    await run.ending()
  })

  it("finds lines with Go's expressions over all of them, and gives the whole", async () => {
    expect(await json("GET", "/runs/r1/logs?grep=it.is&path=save")).toMatchObject({
      lines: [{ path: "save", level: "info", text: "it is 2026" }],
      total: 1,
      all: 2
    })
    const found = async (query: string) => {
      const { all, lines, total } = await json("GET", `/runs/r1/logs?${query}`)
      return [(lines as ReadonlyArray<{ readonly text: string }>).map(({ text }) => text), total, all]
    }
    expect(await found("level=warn")).toEqual([["that was all"], 1, 2])
    for (const [word, pattern] of [["was|is", "was|i[s]"], ["was", "wa[s]"]] as const) {
      for (const page of ["limit=1", "limit=1&after=1", "limit=1&tail", "limit=0&tail"]) {
        expect(await found(`${page}&grep=${word}`)).toEqual(await found(`${page}&grep=${pattern}`))
      }
    }
    expect((await ask("GET", "/pinnace/v1/runs/r1/logs?grep=((")).status).toBe(400)
    expect(await json("GET", "/runs/r1/estimate")).toBe(null)
    const whole = await ask("GET", "/pinnace/v1/runs/r1/logs.txt")
    expect(await whole.text()).toMatch(/^\S+Z save: it is 2026\n\S+Z save: that was all\n$/)
  })

  it("gives bytes of artifacts by ranges, where a page can run and reach nothing", async () => {
    const [saved] = await json("GET", "/artifacts?run=r1") as unknown as ReadonlyArray<{ readonly artifact: string }>
    const bytes = `/pinnace/v1/artifacts/${encodeURIComponent(saved!.artifact)}/bytes`
    const all = await ask("GET", bytes)
    expect(await all.text()).toBe(page)
    expect(all.headers.get("content-security-policy")).toMatch(/^sandbox allow-scripts; default-src 'none'/)
    expect((await ask("HEAD", `${bytes}?plain`)).headers.get("content-security-policy")).toMatch(/^sandbox; /)
    expect(all.headers.get("content-disposition")).toMatch(
      "inline; filename=\"page.html\"; filename*=UTF-8''page.html"
    )
    const part = await ask("GET", bytes, undefined, { range: "bytes=1-6" })
    expect([part.status, await part.text(), part.headers.get("content-range")]).toEqual([
      206,
      "script",
      `bytes 1-6/${page.length}`
    ])
    expect((await ask("GET", bytes, undefined, { range: "bytes=99-" })).status).toBe(416)
    expect((await ask("HEAD", bytes, undefined, { range: "bytes=-3" })).headers.get("content-range")).toContain(
      "bytes 32-34/"
    )
  })

  it("names files so that no name ends a header", () => {
    expect(fileHeaders('../a "b"\r\nx: y é.html', "text/html", false, true)["content-disposition"]).toBe(
      "inline; filename=\"a _b___x_ y _.html\"; filename*=UTF-8''a%20%22b%22%0D%0Ax%3A%20y%20%C3%A9.html"
    )
    expect(fileHeaders("x", "application/x-sh", false, true)).toMatchObject({
      "content-type": "application/octet-stream",
      "content-disposition": expect.stringMatching(/^attachment/),
      "content-security-policy": expect.not.stringContaining("allow-scripts")
    })
  })

  it("gives links that open one file for a minute, without a token", async () => {
    const [saved] = await json("GET", "/artifacts?run=r1") as unknown as ReadonlyArray<{ readonly artifact: string }>
    const { url } = await json("POST", `/artifacts/${encodeURIComponent(saved!.artifact)}/ticket?download`)
    const open = (target: string, method = "GET") => answer(new Request(`http://127.0.0.1${target}`, { method }))
    const opened = await open(url as string)
    expect([opened.status, await opened.text()]).toEqual([200, page])
    expect(opened.headers.get("content-disposition")).toMatch(/^attachment; /)
    expect((await open((url as string).replace("/t/", "/t/x"))).status).toBe(404)
    expect((await open(url as string, "POST")).status).toBe(401)
    const { url: plain } = await json("POST", `/artifacts/${encodeURIComponent(saved!.artifact)}/ticket?plain`)
    const shown = await open(plain as string)
    expect([await shown.text(), shown.headers.get("content-security-policy")]).toEqual([
      page,
      expect.not.stringContaining("allow-scripts")
    ])
  })

  it("pins, collects and sweeps", async () => {
    const [saved] = await json("GET", "/artifacts?run=r1") as unknown as ReadonlyArray<{ readonly artifact: string }>
    expect(await json("PUT", `/artifacts/${encodeURIComponent(saved!.artifact)}/pin`, {})).toBe(true)
    expect(await json("GET", `/artifacts/${encodeURIComponent(saved!.artifact)}`)).toMatchObject({ pinned: true })
    expect(await json("POST", "/gc", { dryRun: true })).toMatchObject({ count: 0 })
    expect(await json("GET", "/artifacts/none")).toMatchObject({ _tag: "NotFound" })
  })

  it("tells of semaphores and sets their limits", async () => {
    expect(await json("GET", "/locks")).toMatchObject([{ name: "api", limit: 2, held: 0 }])
    await json("PUT", "/locks", { name: "api", limit: 5 })
    expect(await json("GET", "/locks")).toMatchObject([{ name: "api", limit: 5 }])
    expect(await json("PUT", "/locks", { name: "apii", limit: 5 })).toMatchObject({ _tag: "InvalidValue" })
    expect(await json("GET", "/stuck")).toEqual([])
  })

  it("gives an ended run as an archive, and takes one in", async () => {
    const archive = new Uint8Array(await (await ask("GET", "/pinnace/v1/runs/r1/export")).arrayBuffer())
    expect((await ask("DELETE", "/pinnace/v1/runs/r1")).status).toBe(200)
    expect(await json("POST", "/runs/import", archive)).toMatchObject({ id: "r1", phase: "Succeeded" })
    const bad = await json("POST", "/runs/import", { no: "archive" })
    expect(bad).toMatchObject({ _tag: "BadArchive", message: expect.stringContaining("Cannot import the archive") })
    expect(JSON.stringify(bad)).not.toContain("pinnace-import-")
  })

  it("describes itself: every route is in the OpenAPI document", async () => {
    const { paths } = await json("GET", "/openapi.json") as {
      readonly paths: Record<string, Record<string, { readonly summary: unknown }>>
    }
    expect(Object.keys(paths)).toContain("/pinnace/v1/runs/{id}/signal")
    const ids = Object.values(paths).flatMap((it) => Object.values(it)).map((it) =>
      (it as unknown as { operationId: string }).operationId
    )
    expect(new Set(ids).size).toBe(ids.length)
    const said = Object.entries(paths).flatMap(([path, it]) =>
      Object.entries(it).map(([method, { summary }]) => [`${method} ${path}`, (summary as string) !== ""])
    )
    expect(said.filter(([, is]) => !is)).toEqual([])
    expect(said).toHaveLength(Object.keys(abouts).length)
  })
})
