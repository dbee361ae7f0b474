/** Manifests with real processes. */
import * as Effect from "effect/Effect"
import { mkdtempSync, realpathSync } from "node:fs"
import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { ExecutorName } from "../../../src/process/chooseExecutor.ts"
import { open, type Pinnace } from "../../../mod.ts"
import { load, type ManifestRun, viewRun } from "../../../src/argo/mod.ts"
import { sandboxWorks } from "../../../src/process/sandboxWorks.ts"
import { removeTree } from "../../removeTree.ts"

const folder = mkdtempSync(join(realpathSync(tmpdir()), "manifest-"))
let pinnace: Pinnace
beforeAll(async () => {
  pinnace = await open(":memory:")
})
afterAll(async () => {
  await pinnace.close()
  removeTree(folder)
})

const play = async (
  spec: string,
  more = "",
  parameters = {},
  executor: ExecutorName = "auto"
): Promise<ManifestRun> => {
  const text = `kind: Workflow\nmetadata: {name: wf}\nspec:\n${spec.replace(/^/gm, "  ")}\n${more}`
  const run = await pinnace.start(load(text, { directory: folder, executor }), { parameters })
  await run.ending()
  return Effect.runSync(viewRun(pinnace.engine, run.id))!
}

const main = (template: string, more = ""): Promise<ManifestRun> =>
  play(`entrypoint: main\ntemplates:\n- name: main\n${template.replace(/^/gm, "  ")}`, more)
const node = (run: ManifestRun, name: string) => run.nodes.find((it) => it.name === `wf${name}`)
const listening = async (answer: RequestListener) => {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return { server, port: (server.address() as AddressInfo).port }
}
const shell = (script: string) => `{command: [sh, -c], args: [${JSON.stringify(script)}]}`
const value = (run: ManifestRun, name: string, at = "") =>
  node(run, at)?.outputs.parameters?.find((it) => it.name === name)?.value

describe("a container", () => {
  it("has environment, config maps, secrets and volumes", async () => {
    const run = await play(
      `entrypoint: main
volumes: [{name: c, configMap: {name: conf}}, {name: e, emptyDir: {}}]
templates:
- name: main
  outputs: {parameters: [{name: p, valueFrom: {path: /data/out}}]}
  container:
    command: [sh, -c]
    args: ["printf '%s|' \\"$A\\" \\"$B\\" \\"$C\\" \\"$X_k\\" \\"$(cat /conf/k)\\" > /data/out"]
    env: [{name: A, value: "a b"}, {name: B, valueFrom: {secretKeyRef: {name: s, key: p}}}, {name: C, value: "$(A)!"}]
    envFrom: [{prefix: X_, configMapRef: {name: conf}}]
    volumeMounts: [{name: c, mountPath: /conf}, {name: e, mountPath: /data}]`,
      "---\nkind: ConfigMap\nmetadata: {name: conf}\ndata: {k: v}\n---\nkind: Secret\nmetadata: {name: s}\nstringData: {p: hidden}\n"
    )
    expect(run.phase).toBe("Succeeded")
    expect(value(run, "p")).toBe("a b|hidden|a b!|v|v|")
  })

  it("says what is missing", async () => {
    const absent = await main(
      `container: ${shell("exit 0")}\noutputs: {parameters: [{name: p, valueFrom: {path: /tmp/none}}]}`
    )
    expect(absent).toMatchObject({ phase: "Error" })
    expect(absent.message).toContain("/tmp/none: no such file")
    const unknown = await main("container: {command: [no-such-program]}")
    expect(unknown).toMatchObject({
      phase: "Failed",
      message: expect.stringContaining(
        'main: Error (exit code 64): failed to find name in PATH: exec: "no-such-program": executable file not found in $PATH. "no-such-program" is not on this host, and images are not used here.'
      )
    })
    expect((await main("container: {command: [sh], volumeMounts: [{name: v, mountPath: /v}]}")).message).toContain(
      "volume 'v' not found"
    )
  })

  it("is ended at its deadline", async () => {
    const run = await main(`activeDeadlineSeconds: "0.2"\ncontainer: ${shell("sleep 100")}`)
    expect(run).toMatchObject({
      phase: "Failed",
      message: "Pod was active on the node longer than the specified deadline"
    })
  })

  it("runs init containers before it and sidecars beside it", async () => {
    const spec = (init: string, side: string) =>
      `volumes: [{name: d, emptyDir: {}}]
initContainers: [{name: first, command: [sh, -c], args: ["${init}"], volumeMounts: [{name: d, mountPath: /d}]}]
sidecars: [{name: beside, command: [sh, -c], args: ["${side}"], volumeMounts: [{name: d, mountPath: /d}]}]
container: {command: [sh, -c], args: ["cat /d/init; until test -f /d/up; do sleep 0.01; done"], volumeMounts: [{name: d, mountPath: /d}]}`
    expect((await main(spec("echo init > /d/init", "touch /d/up; sleep 300"))).phase).toBe("Succeeded")
    expect(await main(spec("exit 3", "true"))).toMatchObject({ phase: "Error", message: "first: Error (exit code 3)" })
  })

  it("fails when a sidecar does before it ends", async () => {
    // Processes of the host see each other: the main one ends when the other has been seen off.
    const run = await play(
      `entrypoint: main
templates:
- name: main
  volumes: [{name: d, emptyDir: {}}]
  sidecars: [{name: beside, command: [sh, -c], args: ["echo $$ > /d/new; mv /d/new /d/pid; exit 4"], mirrorVolumeMounts: true}]
  container: {command: [sh, -c], args: ["until test -f /d/pid; do sleep 0.01; done; while kill -0 $(cat /d/pid); do sleep 0.01; done"], volumeMounts: [{name: d, mountPath: /d}]}`,
      "",
      {},
      "process"
    )
    expect(run).toMatchObject({ phase: "Failed", message: "beside: Error (exit code 4)" })
  })
})

it("containers share volumes that are mounted for all of them", async () => {
  const mirrored = `volumes: [{name: d, emptyDir: {}}]
initContainers: [{name: first, command: [sh, -c], args: ["echo init > /d/init"], mirrorVolumeMounts: true}]
sidecars: [{name: beside, command: [sh, -c], args: ["touch /d/up; sleep 300"], mirrorVolumeMounts: true}]
container: {command: [sh, -c], args: ["cat /d/init; until test -f /d/up; do sleep 0.01; done"], volumeMounts: [{name: d, mountPath: /d}]}`
  expect((await main(mirrored)).phase).toBe("Succeeded")
  const set = `volumes: [{name: d, emptyDir: {}}]
containerSet:
  volumeMounts: [{name: d, mountPath: /d}]
  containers:
  - {name: a, command: [sh, -c], args: ["echo from a > /d/a"]}
  - {name: main, command: [sh, -c], args: ["cp /d/a /d/out"], dependencies: [a]}
outputs: {parameters: [{name: o, valueFrom: {path: /d/out}}]}`
  expect((await main(set)).nodes[0]?.outputs.parameters).toEqual([{ name: "o", value: "from a" }])
})

it("a daemon serves until the steps around it end", async () => {
  const { port, server } = await listening(() => {})
  server.close()
  const serve = `import http.server as h
class H(h.BaseHTTPRequestHandler):
  def do_GET(self):
    self.send_response(200); self.end_headers(); self.wfile.write(b"served")
h.HTTPServer(("127.0.0.1", ${port}), H).serve_forever()`
  const ask = `import urllib.request as u; print(u.urlopen("http://127.0.0.1:${port}").read().decode())`
  const run = await play(`entrypoint: main
templates:
- name: main
  steps:
  - [{name: d, template: serve}]
  - [{name: a, template: ask}]
  - [{name: u, template: use, arguments: {parameters: [{name: v, value: "{{steps.a.outputs.result}} {{steps.d.ip}}"}]}}]
- {name: serve, daemon: true, container: {command: [python3, -c, ${
    JSON.stringify(serve)
  }], readinessProbe: {tcpSocket: {port: ${port}}}}}
- {name: ask, container: {command: [python3, -c, ${JSON.stringify(ask)}]}}
- {name: use, inputs: {parameters: [{name: v}]}, container: {command: ["true"]}}`)
  expect(run.message).toBe("")
  expect(node(run, "[2].u")?.inputs.parameters?.[0]?.value).toBe("served 127.0.0.1")
  await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow()
})

describe("artifacts", () => {
  it("pass from node to node, as files, directories and raw text", async () => {
    const run = await play(`entrypoint: main
templates:
- name: main
  steps:
  - [{name: a, template: make}]
  - [{name: b, template: use, arguments: {artifacts: [{name: f, from: "{{steps.a.outputs.artifacts.d}}", subPath: x}]}}, {name: c, template: use, arguments: {artifacts: [{name: f, raw: {data: "raw {{workflow.name}}"}}]}}]
- {name: make, container: ${
      shell("mkdir /tmp/d && echo in-directory > /tmp/d/x")
    }, outputs: {artifacts: [{name: d, path: /tmp/d}]}}
- name: use
  inputs: {artifacts: [{name: f, path: /tmp/given}]}
  container: {command: [cat, "{{inputs.artifacts.f.path}}"]}
  outputs: {parameters: [{name: p, valueFrom: {path: "{{inputs.artifacts.f.path}}"}}]}`)
    expect(run.phase).toBe("Succeeded")
    expect([value(run, "p", "[1].b"), value(run, "p", "[1].c")]).toEqual(["in-directory", "raw wf"])
  })
})

describe("a container set", () => {
  const set = (containers: string, more = "") => main(`containerSet: {containers: [${containers}]${more}}`)
  const member = (name: string, script: string, more = "") =>
    `{name: ${name}, command: [sh, -c], args: [${JSON.stringify(script)}]${more}}`

  it("runs its containers in order", async () => {
    const run = await set(`${member("a", "exit 0")}, ${member("b", "exit 0", ", dependencies: [a]")}`)
    expect(run.phase).toBe("Succeeded")
    expect(node(run, ".b")?.type).toBe("Container")
    expect(node(run, ".b")!.startedAt >= node(run, ".a")!.finishedAt).toBe(true)
  })

  it("does not run what depends on a failure, and tries again as often as it says", async () => {
    const run = await set(`${member("a", "exit 2")}, ${member("b", "exit 0", ", dependencies: [a]")}`)
    expect(run).toMatchObject({ phase: "Failed" })
    expect([node(run, ".a")?.phase, node(run, ".b")?.phase]).toEqual(["Failed", "Error"])
  })
})

describe("HTTP templates", () => {
  it("give the body, judge the status, and evaluate conditions", async () => {
    const { port, server } = await listening((request, response) => {
      response.statusCode = request.url === "/missing" ? 404 : 200
      response.end(`${request.method} ${request.headers["x-a"] ?? ""}`)
    })
    const url = `http://127.0.0.1:${port}`
    try {
      const good = await main(
        `http: {url: "${url}/x", method: POST, headers: [{name: X-A, value: "{{workflow.name}}"}], body: b}`
      )
      expect(good.phase).toBe("Succeeded")
      expect(node(good, "")?.outputs.result).toBe("POST wf")
      expect(await main(`http: {url: "${url}/missing"}`)).toMatchObject({
        phase: "Failed",
        message: "received non-2xx response code: 404"
      })
      expect(
        (await main(
          `http: {url: "${url}/missing", successCondition: "response.statusCode == 404 && response.body contains 'GET'"}`
        )).phase
      ).toBe("Succeeded")
    } finally {
      server.close()
    }
  })
})

it.runIf(sandboxWorks(folder))("steps that run side by side do not see each other's files", async () => {
  const run = await play(`entrypoint: main
templates:
- {name: main, steps: [[{name: a, template: write, withItems: [1, 2, 3]}]]}
- {name: write, container: ${
    shell("mkdir /mnt/out && echo x > /result.txt && test $(ls /tmp | wc -l) = 0")
  }, outputs: {parameters: [{name: p, valueFrom: {path: /result.txt}}]}}`)
  expect(run.phase).toBe("Succeeded")
})
