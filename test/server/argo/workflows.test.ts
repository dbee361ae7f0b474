/**
 * What Argo's clients do beside the recorded commands: files of nodes, names, pages of lists, runs of typed workflows.
 */
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest"
import { open, Schema, task, workflow } from "../../../mod.ts"
import { handler } from "../../../src/server/mod.ts"
import { removeTree } from "../../removeTree.ts"

const token = "a-token-of-the-tests"
const folder = mkdtempSync(join(tmpdir(), "pinnace-argo-"))
const greet = workflow("greet", {}, (w) => {
  const one = w.node("one", task("one", { run: (_: unknown, { log }) => log.info("from one") }))
  w.node("two", task("two", { run: () => {} }), { after: [one] })
})
const pinnace = await open(":memory:", { workflows: [greet] })
writeFileSync(
  join(folder, "given.yaml"),
  "apiVersion: argoproj.io/v1alpha1\nkind: WorkflowTemplate\nmetadata: { name: given }\nspec: { entrypoint: m, templates: [{ name: m, suspend: { duration: '0' } }] }\n"
)
writeFileSync(
  join(folder, "takes.json"),
  JSON.stringify({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "WorkflowTemplate",
    metadata: { name: "takes" },
    spec: {
      entrypoint: "m",
      arguments: { artifacts: [{ name: "table" }] },
      templates: [{
        name: "m",
        inputs: { artifacts: [{ name: "table", path: "/tmp/table" }] },
        container: { image: "busybox", command: ["sh", "-c"], args: ["wc -c < /tmp/table | tr -d ' '"] }
      }]
    }
  })
)
const answer = handler(pinnace, { token, manifests: { directory: folder }, templates: { files: [folder] } })
afterAll(async () => {
  await pinnace.close()
  removeTree(folder)
})

const ask = (method: string, target: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  answer(
    new Request(`http://127.0.0.1${target}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
  )

interface Workflow {
  readonly metadata: { readonly name: string; readonly uid: string; readonly labels: Readonly<Record<string, string>> }
  readonly spec: Readonly<Record<string, unknown>>
  readonly status: {
    readonly phase: string
    readonly nodes: Readonly<
      Record<
        string,
        {
          readonly id: string
          readonly displayName: string
          readonly type: string
          readonly children?: ReadonlyArray<string>
        }
      >
    >
  }
}
const get = async <A = Workflow>(target: string): Promise<A> => await (await ask("GET", target)).json() as A

beforeAll(async () => {
  const script =
    "mkdir -p /tmp/dir/in && echo inner > /tmp/dir/in/a.txt && echo '<b>x</b>' > /tmp/page.html && echo said" +
    " && ln -s in/a.txt /tmp/dir/near"
  const container = { image: "busybox", command: ["sh", "-c"], args: [script] }
  const artifacts = [{ name: "dir", path: "/tmp/dir" }, { name: "page", path: "/tmp/page.html", archive: { none: {} } }]
  const spec = { entrypoint: "main", templates: [{ name: "main", container, outputs: { artifacts } }] }
  const made = await ask("POST", "/api/v1/workflows/argo", { workflow: { metadata: { name: "files" }, spec } })
  expect(made.status, await made.clone().text()).toBe(200)
  expect(await (await pinnace.get("files"))!.ending()).toMatchObject({ phase: "Succeeded" })
  await (await pinnace.start(greet, undefined, { id: "typed", labels: { team: "a" } })).ending()
})

describe("Files", () => {
  it("are given as they are stored, and directories file by file to Argo's page", async () => {
    const page = "/artifact-files/argo/workflows/files/files/outputs"
    expect(await (await ask("GET", "/artifacts/argo/files/files/page")).text()).toBe("<b>x</b>\n")
    const shown = await ask("GET", `${page}/page`)
    expect(shown.headers.get("content-security-policy")).toMatch(/^sandbox/)
    expect((await ask("GET", `${page}/dir`)).headers.get("location")).toBe(`${page}/dir/`)
    expect(await (await ask("GET", `${page}/dir/`)).text()).toContain('<a href="./in">in</a>')
    expect(await (await ask("GET", `${page}/dir/in/a.txt`)).text()).toBe("inner\n")
    expect((await ask("GET", `${page}/dir/in/b.txt`)).status).toBe(404)
    expect(await (await ask("GET", `${page}/dir/near`)).text()).toBe("inner\n")
    const packed = await ask("GET", "/artifacts/argo/files/files/dir")
    expect(packed.headers.get("content-disposition")).toMatch(/filename="dir\.(?:tar|tgz)"/)
    const { uid } = (await get("/api/v1/workflows/argo/files")).metadata
    expect(await (await ask("GET", `/artifacts-by-uid/${uid}/files/page`)).text()).toBe("<b>x</b>\n")
    expect(await (await ask("GET", "/artifacts/argo/files/files/main-logs")).text()).toBe("said\n")
    const missing = await ask("GET", "/artifacts/argo/files/files/none")
    expect([missing.status, missing.headers.get("content-type")]).toEqual([404, "text/plain; charset=utf-8"])
  })
})

describe("Runs of typed workflows", () => {
  it("are workflows too, with a root, and their logs", async () => {
    const { metadata, spec, status } = await get("/api/v1/workflows/argo/typed")
    expect(metadata).toMatchObject({ name: "typed", labels: { team: "a", "workflows.argoproj.io/phase": "Succeeded" } })
    expect(spec).toMatchObject({ entrypoint: "greet", templates: [{ name: "greet" }] })
    expect(status.nodes["typed"]).toMatchObject({ type: "DAG", children: [expect.any(String), expect.any(String)] })
    expect(Object.values(status.nodes).map(({ displayName }) => displayName)).toEqual(["typed", "one", "two"])
    const lines = await ask("GET", "/api/v1/workflows/argo/typed/log?logOptions.container=main")
    expect(await lines.text()).toMatch(/^\{"result":\{"content":"from one","podName":"typed-one-\d+"\}\}\n$/)
  })
})

describe("Hera", () => {
  it("submits with a content type, polls, and reads refusals by their status", async () => {
    const json = { "content-type": "application/json", accept: "*/*", "accept-encoding": "gzip, deflate" }
    const workflow = {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Workflow",
      metadata: { generateName: "hera-", namespace: "argo" },
      spec: { entrypoint: "wait", templates: [{ name: "wait", suspend: { duration: "0" } }] }
    }
    const lint = await ask("POST", "/api/v1/workflows/argo/lint", { workflow }, json)
    expect([lint.status, await lint.json()]).toEqual([200, workflow])
    const { metadata } = await (await ask("POST", "/api/v1/workflows/argo", { workflow }, json)).json() as Workflow
    await (await pinnace.get(metadata.name))!.ending()
    expect((await get(`/api/v1/workflows/argo/${metadata.name}`)).status).toMatchObject({ phase: "Succeeded" })
    // Its name is part of the text of the file that it refers to.
    const spec = { workflowTemplateRef: { name: "given" } }
    const named = { apiVersion: "argoproj.io/v1alpha1", kind: "Workflow", metadata: { name: "m" }, spec }
    expect((await ask("POST", "/api/v1/workflows/argo/lint", { workflow: named }, json)).status).toBe(200)
    const bad = await ask("POST", "/api/v1/workflows/argo/lint", { workflow: { ...workflow, spec: {} } }, json)
    expect([bad.status, await bad.json()]).toEqual([
      400,
      expect.objectContaining({ code: 3, message: expect.any(String) })
    ])
    const again = { workflow: { ...workflow, metadata: { name: metadata.name } } }
    expect((await ask("POST", "/api/v1/workflows/argo", again, json)).status).toBe(409)
  })
})

describe("Lists", () => {
  it("come page by page, chosen by labels, fields and names", async () => {
    const list = async (query: string) => {
      const { items, metadata } = await get<{ items: ReadonlyArray<Workflow> | null; metadata: { continue?: string } }>(
        `/api/v1/workflows/?fields=metadata,items.metadata.name&${query}`
      )
      return [items?.map((it) => it.metadata.name) ?? null, metadata.continue]
    }
    expect((await list("listOptions.limit=1"))[1]).toBe("1")
    expect(await list("listOptions.limit=5&listOptions.continue=1")).toEqual([["typed", "files"], undefined])
    expect(await list("listOptions.labelSelector=team%3Da")).toEqual([["typed"], undefined])
    expect(await list("listOptions.labelSelector=workflows.argoproj.io%2Fcompleted!%3Dtrue")).toEqual([null, undefined])
    expect(await list("nameFilter=Contains&listOptions.fieldSelector=metadata.name%3Dile")).toEqual([
      ["files"],
      undefined
    ])
    expect(await list("createdAfter=2999-01-01T00:00:00Z")).toEqual([null, undefined])
    expect((await ask("GET", "/api/v1/workflows/argo?listOptions.limit=x")).status).toBe(400)
  })
})

describe("The archive", () => {
  it("finds a run by its uid without a look at others, and lists ended runs page by page behind open ones", async () => {
    const waits = workflow("open", {}, (w) => w.suspend("ask", { output: Schema.String }))
    const open = await pinnace.start(waits, undefined, { id: "still-open" })
    const { uid } = (await get<Workflow>("/api/v1/workflows/argo/typed")).metadata
    const listed = vi.spyOn(pinnace, "list")
    onTestFinished(() => listed.mockRestore())
    expect((await get<Workflow>(`/api/v1/archived-workflows/${uid}`)).metadata.name).toBe("typed")
    expect(listed.mock.calls.every(([it]) => it?.createdBefore !== undefined)).toBe(true)
    for (const uid of ["none", `${(await get<Workflow>("/api/v1/workflows/argo/files")).metadata.uid.slice(0, -1)}x`]) {
      expect((await ask("GET", `/api/v1/archived-workflows/${uid}`)).status).toBe(404)
    }
    const names: Array<string> = []
    for (let from: string | undefined = "0"; from !== undefined;) {
      const page: { items: ReadonlyArray<Workflow>; metadata: { continue?: string } } = await get(
        `/api/v1/archived-workflows?listOptions.limit=1&listOptions.continue=${from}&fields=metadata,items.metadata`
      )
      names.push(...page.items.map(({ metadata }) => metadata.name))
      from = page.metadata.continue
    }
    expect(names).toEqual(expect.arrayContaining(["typed", "files"]))
    expect(names).not.toContain("still-open")
    await open.terminate()
  })
})

describe("Uploads", () => {
  it("are kept as they come, and given to a workflow by their key", async () => {
    const form = (parts: ReadonlyArray<readonly [string, Blob | string]>) => {
      const form = new FormData()
      for (const [name, value] of parts) {
        if (typeof value === "string") form.append(name, value)
        else form.append(name, value, "../../x.csv")
      }
      return form
    }
    const send = (target: string, body: FormData | string, headers: Record<string, string> = {}) =>
      answer(
        new Request(`http://127.0.0.1/upload-artifacts/argo/${target}`, {
          method: "POST",
          headers: { authorization: `Bearer ${token}`, ...headers },
          body
        })
      )
    // As long as several pieces of a body, and with what looks like the end of a part.
    const text = `a,b\r\n--\r\n${"1,2\r\n".repeat(40_000)}`
    const sent = await send("takes/table", form([["note", "first"], ["file", new Blob([text])]]))
    const { key, name } = await sent.json() as { key: string; name: string }
    expect([sent.status, name, key]).toEqual([
      200,
      "table",
      expect.stringMatching(/^pinnace\/.+\/uploads\/[0-9a-f-]+$/)
    ])
    const submitOptions = { name: "given-a-file", artifacts: [`table=${key}`] }
    const body = { resourceKind: "WorkflowTemplate", resourceName: "takes", submitOptions }
    const made = await ask("POST", "/api/v1/workflows/argo/submit", body)
    expect(made.status, await made.clone().text()).toBe(200)
    expect(await (await pinnace.get("given-a-file"))!.ending()).toMatchObject({ phase: "Succeeded" })
    expect(await (await ask("GET", "/artifacts/argo/given-a-file/given-a-file/main-logs")).text()).toBe(
      `${new TextEncoder().encode(text).byteLength}\n`
    )
    expect((await send("none/table", form([["file", "x"]]))).status).toBe(404)
    expect((await send("takes/table", form([["other", "x"]]))).status).toBe(400)
    expect((await send("takes/table", "--x\r\nno end", { "content-type": "multipart/form-data; boundary=x" })).status)
      .toBe(400)
    expect((await send("takes/table", "x", { "content-type": "text/plain" })).status).toBe(400)
  }, 60_000)
})

describe("Templates that are files of the user's", () => {
  it("are shown and submitted, and changed where they are", async () => {
    expect(await get("/api/v1/workflow-templates/argo/given")).toMatchObject({
      metadata: { name: "given" },
      spec: { entrypoint: "m" }
    })
    const refused = await ask("DELETE", "/api/v1/workflow-templates/argo/given")
    expect([refused.status, await refused.json()]).toEqual([
      403,
      expect.objectContaining({ code: 7, message: `these templates are files: edit ${join(folder, "given.yaml")}` })
    ])
    const body = { resourceKind: "WorkflowTemplate", resourceName: "given", submitOptions: { labels: "a=b" } }
    const made = await (await ask("POST", "/api/v1/workflows/argo/submit", body)).json() as Workflow
    expect(made.metadata).toMatchObject({ name: expect.stringMatching(/^given-/), labels: { a: "b" } })
    expect(made.spec).toMatchObject({ workflowTemplateRef: { name: "given" } })
    const unknown = await ask("POST", "/api/v1/workflows/argo/submit", { resourceKind: "pod", resourceName: "x" })
    expect(unknown.status).toBe(400)
  })

  it("stay as they are in the folder that clients write to, whatever else is in their files", async () => {
    const writes = handler(pinnace, { token, templates: { writable: folder } })
    const at = "/api/v1/workflow-templates/argo"
    const send = async (method: string, path: string, body?: unknown) => {
      const init = { method, headers: { authorization: `Bearer ${token}` }, body: JSON.stringify(body) ?? null }
      return (await writes(new Request(`http://127.0.0.1${path}`, init))).status
    }
    expect(await send("DELETE", `${at}/given`)).toBe(403)
    expect(await get(`${at}/given`)).toMatchObject({ metadata: { name: "given" } })
    const spec = { entrypoint: "m", templates: [{ name: "m", suspend: {} }] }
    expect(await send("POST", at, { template: { kind: "CronWorkflow", metadata: { name: "sent" }, spec } })).toBe(200)
    expect(await get(`${at}/sent`)).toMatchObject({ kind: "WorkflowTemplate" })
    expect(await send("DELETE", `${at}/sent`)).toBe(200)
  })

  it("cannot be acted on through a server that only shows", async () => {
    const shows = handler(pinnace, { token, readOnly: true })
    const headers = { authorization: `Bearer ${token}` }
    const asked = new Request("http://127.0.0.1/api/v1/workflows/argo", { method: "POST", headers, body: "{}" })
    expect((await shows(asked)).status).toBe(405)
  })
})

it("what is done through Argo's API about nodes is recorded with the name of the token", async () => {
  const manifest = {
    metadata: { generateName: "asks-" },
    spec: {
      entrypoint: "m",
      templates: [{ name: "m", steps: [[{ name: "one", template: "s" }], [{ name: "two", template: "s" }]] }, {
        name: "s",
        suspend: {}
      }]
    }
  }
  const named = handler(pinnace, { token: { ada: token }, manifests: { directory: folder } })
  const send = async (method: string, target: string, body: unknown): Promise<Workflow> => {
    const headers = { authorization: `Bearer ${token}` }
    const done = await named(new Request(`http://127.0.0.1${target}`, { method, headers, body: JSON.stringify(body) }))
    expect(done.status, await done.clone().text()).toBe(200)
    return await done.json() as Workflow
  }
  const { metadata: { name } } = await send("POST", "/api/v1/workflows/argo", { workflow: manifest })
  const run = (await pinnace.get(name))!
  const waits = async (node: string) =>
    (await run.nodes()).find((it) => it.path.includes(node) && it.waiting !== undefined)
  await vi.waitFor(async () => expect(await waits("one")).toBeDefined(), { timeout: 20_000 })
  await send("PUT", `/api/v1/workflows/argo/${name}/resume`, { nodeFieldSelector: "displayName=one" })
  await vi.waitFor(async () => expect(await waits("two")).toBeDefined(), { timeout: 20_000 })
  await send("PUT", `/api/v1/workflows/argo/${name}/stop`, { nodeFieldSelector: "displayName=two", message: "enough" })
  await run.ending()
  await send("PUT", `/api/v1/workflows/argo/${name}/retry`, {})
  const deeds = await pinnace.audit({ run: name })
  expect(deeds.map(({ did }) => did)).toEqual(expect.arrayContaining(["signal", "retry"]))
  expect(new Set(deeds.map(({ by }) => by.name))).toEqual(new Set(["ada"]))
  await run.terminate()
})
