import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { mkdtempSync, readdirSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { open, type Pinnace } from "../../../mod.ts"
import type { PluginAddress } from "../../../src/argo/bodies/plugin/execute.ts"
import { PluginHosts } from "../../../src/argo/bodies/plugin/PluginHosts.ts"
import type { PluginProgram } from "../../../src/argo/bodies/plugin/pluginsOf.ts"
import { chooseExecutor } from "../../../src/process/chooseExecutor.ts"
import { lint, load, type ManifestRun, viewRun } from "../../../src/argo/mod.ts"
import { removeTree } from "../../removeTree.ts"

interface Posted {
  readonly path: string
  readonly authorization: string | undefined
  readonly body: { readonly template: Record<string, unknown>; readonly workflow: unknown }
}

const folder = mkdtempSync(join(realpathSync(tmpdir()), "plugin-"))
const servers: Array<() => void> = []
let pinnace: Pinnace
beforeAll(async () => {
  process.env["PINNACE_PLUGIN_TOKEN"] = "a token"
  pinnace = await open(":memory:")
})
afterAll(async () => {
  delete process.env["PINNACE_PLUGIN_TOKEN"]
  await pinnace.close()
  for (const close of servers) close()
  removeTree(folder)
})

/** A plugin that answers one after the other: a status, or an object. */
const plugin = async (...answers: ReadonlyArray<number | string | object>) => {
  const posted: Array<Posted> = []
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    let text = ""
    for await (const chunk of request) text += chunk
    const body = JSON.parse(text)
    const answer = answers[Math.min(posted.length, answers.length - 1)]!
    posted.push({ path: request.url!, authorization: request.headers.authorization, body })
    if (typeof answer === "number") response.writeHead(answer).end("no")
    else response.end(typeof answer === "string" ? answer : JSON.stringify(answer))
  }
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  servers.push(() => (server.closeAllConnections(), server.close()))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, posted }
}

const spec = `entrypoint: main
arguments: {parameters: [{name: who, value: world}]}
templates:
- name: main
  steps: [[{name: say, template: hello, arguments: {parameters: [{name: w, value: "{{workflow.parameters.who}}"}]}}]]
  outputs: {parameters: [{name: said, valueFrom: {parameter: "{{steps.say.outputs.parameters.text}}"}}]}
- name: hello
  inputs: {parameters: [{name: w}]}
  outputs: {parameters: [{name: text, valueFrom: {supplied: {}}, globalName: said}]}
  plugin: {hello: {text: "hi {{inputs.parameters.w}}"}}`
const manifest = (body: string = spec) => `kind: Workflow\nmetadata: {name: wf}\nspec:\n${body.replace(/^/gm, "  ")}\n`

const play = async (plugins: Readonly<Record<string, string>>, text = manifest()): Promise<ManifestRun> => {
  const run = await pinnace.start(load(text, { directory: folder, executor: "process", plugins }), { parameters: {} })
  await run.ending()
  return Effect.runSync(viewRun(pinnace.engine, run.id))!
}
const said = { parameters: [{ name: "text", value: "hi" }] }

describe("A plugin template", () => {
  it("is posted with its inputs and a token, and ends as the plugin says", async () => {
    const { posted, url } = await plugin({ node: { phase: "Succeeded", message: "done", outputs: said } })
    const run = await play({ mine: url })
    expect(run).toMatchObject({ phase: "Succeeded", outputs: { parameters: [{ name: "said", value: "hi" }] } })
    expect(run.nodes.find(({ displayName }) => displayName === "say")).toMatchObject({
      type: "Plugin",
      phase: "Succeeded"
    })
    expect(posted).toMatchObject([{
      path: "/api/v1/template.execute",
      authorization: "Bearer a token",
      body: {
        workflow: { metadata: { name: "wf", namespace: "default", uid: run.id } },
        template: {
          name: "hello",
          inputs: { parameters: [{ name: "w", value: "world" }] },
          plugin: { hello: { text: "hi world" } }
        }
      }
    }])
  })

  it("is posted again when the plugin says so, and while it is not ready", async () => {
    const going = { node: { phase: "Running" }, requeue: "10ms" }
    const { posted, url } = await plugin(503, going, going, { node: { phase: "Failed", message: "no luck" } })
    expect(await play({ mine: url })).toMatchObject({ phase: "Failed" })
    expect(posted.length).toBe(4)
  })

  it("goes to the plugin that takes it, the one of its own name first", async () => {
    const [none, other, hello] = [await plugin({}), await plugin(404), await plugin({})]
    const taker = await plugin({ node: { phase: "Succeeded", outputs: said } })
    const run = await play({ none: none.url, other: other.url, taker: taker.url, hello: hello.url })
    expect(run.phase).toBe("Succeeded")
    expect([none, other, hello, taker].map(({ posted }) => posted.length)).toEqual([1, 1, 1, 1])
    const first = await plugin({ node: { phase: "Succeeded", outputs: said } })
    await play({ none: none.url, hello: first.url })
    expect(none.posted.length).toBe(1)
  })

  it.each([
    [{}, "no plugin executes this template: mine answered without a node"],
    [500, "it answered 500: no"],
    ["text", "its answer is not a JSON object: text"],
    [{ node: { phase: "Running" } }, 'plugin "mine" answered Running, and not when to ask again']
  ])("is an Error when the plugin answers %j", async (answer, message) => {
    const { url } = await plugin(answer)
    const run = await play({ mine: url })
    const node = run.nodes.find(({ displayName }) => displayName === "say")!
    expect(node.phase).toBe("Error")
    expect(node.message).toContain(message)
  })

  it("is refused before anything starts when there is no plugin", () => {
    const [issue] = lint([{ name: "wf", text: manifest() }])
    expect(issue).toMatchObject({ severity: "error", code: "refused", line: 13 })
    expect(() => load(manifest())).toThrow("--plugin NAME=URL")
    expect(lint([{ name: "wf", text: manifest() }], { plugins: { any: "http://localhost:1" } })).toEqual([])
    expect(load(manifest(), { templates: { hello: () => "x" } }).name).toBe("wf")
  })
})

describe("A plugin among the files", () => {
  const program = (port: number) =>
    `import json, http.server as h
token = open("/var/run/argo/token").read()
class H(h.BaseHTTPRequestHandler):
  def log_message(self, *a): pass
  def do_POST(self):
    t = json.loads(self.rfile.read(int(self.headers["content-length"])))["template"]
    ok = self.headers["authorization"] == "Bearer " + token and self.path == "/api/v1/template.execute"
    body = json.dumps({"node": {"phase": "Succeeded" if ok else "Failed", "outputs": {"parameters": [{"name": "text", "value": t["plugin"]["hello"]["text"]}]}}}).encode()
    self.send_response(200); self.end_headers(); self.wfile.write(body)
h.HTTPServer(("127.0.0.1", ${port}), H).serve_forever()`
  const freePort = async (): Promise<number> => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    return port
  }
  const container = (source: string, port: number) =>
    JSON.stringify({ image: "python", command: ["python3", "-c"], args: [source], ports: [{ containerPort: port }] })
  const refused = async (port: number): Promise<boolean> => {
    try {
      await fetch(`http://127.0.0.1:${port}`)
      return false
    } catch {
      return true
    }
  }

  it.each(["ExecutorPlugin", "ConfigMap"])("runs while the run uses it, as a document of kind %s", async (kind) => {
    const port = await freePort()
    const made = container(program(port), port)
    const document = kind === "ExecutorPlugin"
      ? `kind: ExecutorPlugin\nmetadata: {name: hello}\nspec: {sidecar: {container: ${made}}}`
      : `kind: ConfigMap\nmetadata: {name: hello, labels: {workflows.argoproj.io/configmap-type: ExecutorPlugin}}\ndata: {sidecar.container: ${
        JSON.stringify(made)
      }}`
    const run = await play({}, `${manifest()}---\n${document}\n`)
    expect(run).toMatchObject({ phase: "Succeeded", outputs: { parameters: [{ name: "said", value: "hi world" }] } })
    expect(await refused(port)).toBe(true)
    expect(readdirSync(join(folder, "plugins"))).toEqual([])
  })

  it("is an Error of the node when it does not come up", async () => {
    const made = container("import sys; sys.exit('cannot begin')", 1)
    const run = await play(
      {},
      `${manifest()}---\nkind: ExecutorPlugin\nmetadata: {name: hello}\nspec: {sidecar: {container: ${made}}}\n`
    )
    const node = run.nodes.find(({ displayName }) => displayName === "say")!
    expect(node).toMatchObject({ phase: "Error", message: 'plugin "hello" ended with exit code 1: cannot begin' })
  })

  const post = async ({ token, url }: PluginAddress): Promise<string> => {
    const body = JSON.stringify({ template: { plugin: { hello: { text: "hi" } } } })
    const answer = await fetch(`${url}/api/v1/template.execute`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body
    })
    return ((await answer.json()) as { readonly node: { readonly phase: string } }).node.phase
  }
  const hostsOf = (source: string, port: number) => {
    const program = {
      metadata: { name: "hello" },
      spec: { sidecar: { container: JSON.parse(container(source, port)) } }
    }
    const hosts = new PluginHosts({}, { plugins: [program], stores: [] })
    const world = {
      executor: () => chooseExecutor("process", folder),
      directory: join(folder, "hosts"),
      commandOf: ({ container: { args = [], command = [] } }: PluginProgram) => ({
        argv: [...command, ...args],
        env: {}
      })
    }
    return { use: (user: object) => Effect.map(hosts.use(user, world), ([it]) => it!), leave: hosts.leave.bind(hosts) }
  }

  it("is started again for who comes while it ends", async () => {
    const port = await freePort()
    const slow = `import os, signal, time\nsignal.signal(signal.SIGTERM, lambda *a: (time.sleep(1), os._exit(0)))\n`
    const { leave, use } = hostsOf(slow + program(port), port)
    const [first, second] = [{}, {}]
    const run = Effect.gen(function* () {
      const before = yield* use(first)
      yield* Effect.forkDetach(leave(first), { startImmediately: true })
      const after = yield* use(second)
      expect(after.token).not.toBe(before.token)
      return yield* Effect.promise(() => post(after))
    })
    expect(await Effect.runPromise(Effect.ensuring(run, leave(second)))).toBe("Succeeded")
  })

  it("is started again for who asks after it has died", async () => {
    const port = await freePort()
    const mortal = program(port).replace(
      "def do_POST(self):",
      "def do_GET(self): import os; os._exit(3)\n  def do_POST(self):"
    )
    const { leave, use } = hostsOf(mortal, port)
    const user = {}
    const run = Effect.gen(function* () {
      const before = yield* use(user)
      yield* Effect.promise(() => fetch(before.url).catch(() => {}))
      // A process that is dying may listen for a moment yet.
      const failed = yield* Effect.flip(Effect.forever(use(user)))
      expect(failed.message).toContain("ended with exit code 3")
      return yield* Effect.promise(async () => post(await Effect.runPromise(use(user))))
    })
    expect(await Effect.runPromise(Effect.ensuring(run, leave(user)))).toBe("Succeeded")
  })

  it("is not taken for somebody else who listens on its port", async () => {
    const other = await plugin({ node: { phase: "Succeeded" } })
    const { leave, use } = hostsOf("import time; time.sleep(600)", Number(new URL(other.url).port))
    const user = {}
    const exit = await Effect.runPromise(Effect.ensuring(Effect.exit(use(user)), leave(user)))
    expect(String(exit)).toContain("another program already listens on its port")
  })
})
