import { execFileSync } from "node:child_process"
import { mkdtempSync, readdirSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { open, type Pinnace, type RunHandle } from "../../../mod.ts"
import type { Resource } from "../../../src/argo/document/Manifest.ts"
import { lint, load, type ManifestRun, viewRun } from "../../../src/argo/mod.ts"
import { JsonStream } from "../../../src/argo/bodies/resource/kubectl/JsonStream.ts"
import { actionArguments } from "../../../src/argo/bodies/resource/kubectl/kubectlArguments.ts"
import { follow } from "../../../src/argo/bodies/resource/kubectl/kubectl.ts"
import { type ClusterObject, ClusterServer } from "./ClusterServer.ts"
import { removeTree } from "../../removeTree.ts"

const hasKubectl = (): boolean => {
  try {
    execFileSync("kubectl", ["version", "--client"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

const manifest = (resource: string, outputs = "") =>
  `kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
  templates:
  - name: main
    resource:
${resource.replace(/^/gm, "      ")}${outputs}
`
const job = (action: string, name: string, more = "") =>
  `action: ${action}
flags: ["--validate=false"]
manifest: |
  apiVersion: batch/v1
  kind: Job
  metadata: {name: ${name}}
  spec: {parallelism: 2}${more}`

describe.skipIf(!hasKubectl())("With the real kubectl (skipped where it is missing) and a small server", () => {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "kubectl-"))
  const cluster = new ClusterServer()
  let pinnace: Pinnace
  beforeAll(async () => {
    pinnace = await open(":memory:")
    await cluster.start(join(folder, "config"))
    process.env["KUBECONFIG"] = join(folder, "config")
  })
  afterAll(async () => {
    delete process.env["KUBECONFIG"]
    await pinnace.close()
    cluster.stop()
    removeTree(folder)
  })

  const start = (text: string): Promise<RunHandle> =>
    pinnace.start(load(text, { directory: folder, kubectl: true }), { parameters: {} })
  const play = async (text: string): Promise<ManifestRun> => {
    const run = await start(text)
    await run.ending()
    return Effect.runSync(viewRun(pinnace.engine, run.id))!
  }
  const conditions = "\nsuccessCondition: status.succeeded > 0\nfailureCondition: status.failed > 1"
  const outputs = "\n    outputs: {parameters: [{name: n, valueFrom: {jsonPath: '{.status.succeeded}'}}]}"

  it("creates an object, follows it until a condition holds, and reads outputs from it", async () => {
    let streams = 0
    cluster.onWatch = (name) => {
      const object = cluster.objects.get(name)!
      // The first stream ends without news, as a server's do.
      if (++streams === 1) cluster.endStreams()
      else for (const succeeded of [0, 3]) cluster.put({ ...object, status: { succeeded } })
    }
    const run = await play(manifest(job("create", "good", conditions), outputs))
    expect(run).toMatchObject({ phase: "Succeeded", message: "" })
    expect(run.nodes[0]!.outputs).toEqual({ exitCode: "0", parameters: [{ name: "n", value: "3" }] })
    expect(cluster.objects.get("good")).toMatchObject({ spec: { parallelism: 2 } })
    expect(cluster.asked.slice(0, 2)).toEqual(["POST ", "GET good"])
    expect(readdirSync(join(folder, "runs"))).toEqual([])
  })

  it("fails when the failure condition holds, and when the object is deleted meanwhile", async () => {
    cluster.onWatch = (name) => cluster.put({ ...cluster.objects.get(name)!, status: { failed: 2 } })
    expect(await play(manifest(job("create", "bad", conditions)))).toMatchObject({
      phase: "Failed",
      message: "main: Error (exit code 64): failure condition 'status.failed > 1' evaluated true"
    })
    cluster.onWatch = (name) => {
      cluster.objects.delete(name)
      cluster.endStreams()
    }
    expect((await play(manifest(job("create", "gone", conditions)))).message).toContain(": it was deleted")
  })

  it("patches, gets and deletes, and says what kubectl says", async () => {
    cluster.put({ metadata: { name: "old" }, spec: { parallelism: 1 } })
    const patch =
      `action: patch\nmergeStrategy: merge\nmanifest: |\n  {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "old"}, "spec": {"parallelism": 7}}`
    expect((await play(manifest(patch))).phase).toBe("Succeeded")
    expect(cluster.objects.get("old")).toMatchObject({ spec: { parallelism: 7 } })
    const get = job("get", "old").replace('flags: ["--validate=false"]\n', "")
    const read = await play(manifest(get, outputs.replace("status.succeeded", "spec.parallelism")))
    expect(read.nodes[0]!.outputs.parameters).toEqual([{ name: "n", value: "7" }])
    expect((await play(manifest(get.replace("get", "delete")))).phase).toBe("Succeeded")
    expect(cluster.objects.has("old")).toBe(false)
    const none = await play(manifest(get))
    expect(none.message).toContain(
      'main: Error (exit code 64): kubectl get: Error from server (NotFound): jobs.batch "old" not found'
    )
  })

  it("names objects by flags instead of manifests, and deletes what is gone already, as Argo does", async () => {
    cluster.put({ metadata: { name: "named" }, spec: { parallelism: 1 } })
    const patch = `action: patch\nmergeStrategy: json\nflags: [job, named]\nmanifest: |\n` +
      `  - {op: replace, path: /spec/parallelism, value: 7}`
    expect(await play(manifest(patch))).toMatchObject({ phase: "Succeeded", message: "" })
    const merge = `action: patch\nmergeStrategy: merge\nflags: [job, named]\nmanifest: |\n  spec: {parallelism: 8}`
    expect(cluster.objects.get("named")).toMatchObject({ spec: { parallelism: 7 } })
    expect(await play(manifest(merge))).toMatchObject({ phase: "Succeeded", message: "" })
    expect(cluster.objects.get("named")).toMatchObject({ spec: { parallelism: 8 } })
    for (const action of ["get", "delete", "delete"]) {
      expect(await play(manifest(`action: ${action}\nflags: [job, named]`))).toMatchObject({ phase: "Succeeded" })
    }
    expect(cluster.objects.has("named")).toBe(false)
  })

  /** Remembers pauses of a second and more in place of making them. */
  const unhurried = (pauses: Array<number>): Clock.Clock => {
    const now = Effect.runSync(Clock.clockWith(Effect.succeed))
    const sleep: Clock.Clock["sleep"] = (duration) => {
      const millis = Duration.toMillis(duration)
      return millis < 1_000 ? now.sleep(duration) : Effect.sync(() => void pauses.push(millis))
    }
    return new Proxy(now, { get: (from, name) => name === "sleep" ? sleep : Reflect.get(from, name) })
  }

  it("takes an object for deleted when the cluster says so, not when something else is not found", async () => {
    const object = cluster.put({ metadata: { name: "hidden" } })
    cluster.asked.length = 0
    cluster.refusal = 'role "watcher" not found'
    const pauses: Array<number> = []
    const followed = follow(object, folder, () => undefined)
    const exit = await Effect.runPromiseExit(Effect.provideService(followed, Clock.Clock, unhurried(pauses)))
    cluster.refusal = undefined
    expect(String(exit)).toContain('role "watcher" not found')
    expect(String(exit)).not.toContain("it was deleted")
    expect(pauses).toHaveLength(6)
  })

  it("gives up a watch that is refused, and does not ask without end", async () => {
    const object = cluster.put({ metadata: { name: "unwatched" } })
    cluster.asked.length = 0
    cluster.refusesWatching = true
    const pauses: Array<number> = []
    const followed = follow(object, folder, () => undefined)
    const exit = await Effect.runPromiseExit(Effect.provideService(followed, Clock.Clock, unhurried(pauses)))
    cluster.refusesWatching = false
    expect(String(exit)).toContain("jobs cannot be watched")
    expect(cluster.asked.filter((it) => it.startsWith("WATCH"))).toHaveLength(7)
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000])
  })

  it("leaves a pause between watches that end at once", async () => {
    const object = cluster.put({ metadata: { name: "brief" } })
    let streams = 0
    cluster.onWatch = () => {
      if (++streams < 10) cluster.endStreams()
      else cluster.put({ ...object, status: { succeeded: 1 } })
    }
    const pauses: Array<number> = []
    const followed = follow(object, folder, (now) => (now as ClusterObject)["status"])
    const found = await Effect.runPromise(Effect.provideService(followed, Clock.Clock, unhurried(pauses)))
    expect(found).toEqual({ succeeded: 1 })
    expect(pauses.slice(0, 9)).toEqual(Array.from({ length: 9 }, () => 1_000))
  })

  it("takes objects of any size, and shows nothing of them when they cannot be read", async () => {
    cluster.put({ metadata: { name: "large" }, data: { text: "x".repeat(1_000_000) }, spec: { parallelism: 5 } })
    const get = `action: get\nflags: [job, large]`
    const run = await play(manifest(get, outputs.replace("status.succeeded", "spec.parallelism")))
    expect(run.nodes[0]!.outputs.parameters).toEqual([{ name: "n", value: "5" }])
    const text = await play(manifest(`action: get\nflags: [--help]`))
    expect(text).toMatchObject({ phase: "Failed", message: expect.not.stringContaining("Display one or many") })
    expect(text.message).toContain("kubectl get returned")
  })

  it("leaves no kubectl behind when the run is stopped", async () => {
    const watching = new Promise<void>((resolve) => cluster.onWatch = () => resolve())
    const run = await start(manifest(job("create", "long", conditions)))
    await watching
    await run.stop()
    expect((await run.ending()).phase).toBe("Failed")
    const left = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).split("\n").filter((it) =>
      it.includes(folder)
    )
    expect(left).toEqual([])
  })
})

describe("Resource templates of other kinds", () => {
  it("are refused unless the user asks for kubectl", () => {
    const files = [{ name: "wf", text: manifest(job("create", "x")) }]
    expect(lint(files)).toMatchObject([{
      code: "refused",
      hint:
        "Known here: Workflow, WorkflowTemplate, ClusterWorkflowTemplate, CronWorkflow, ConfigMap, Secret; --kubectl does the others"
    }])
    expect(lint(files, { kubectl: true })).toEqual([])
    const named = [{ name: "wf", text: manifest("action: delete\nflags: [job, x]") }]
    expect(lint(named)[0]!.message).toBe('Resource template "main" has no manifest')
    expect(lint(named, { kubectl: true })).toEqual([])
    expect(lint(files, { templates: { main: () => "made" } })).toEqual([])
    const unknown = [{ name: "wf", text: manifest(job("drain", "x")) }]
    expect(lint(unknown, { kubectl: true })[0]!.message).toBe('A Job does not support the action "drain" here')
  })

  it("give kubectl what Argo gives it", () => {
    const given = { action: "patch", manifest: "kind: Job", flags: ["-n", "x"] }
    const check = (resource: Resource, words: string) => expect(actionArguments(resource, "/f").join(" ")).toBe(words)
    check(given, "patch --type strategic --patch-file /f -n x --filename /f --output json")
    check({ ...given, manifest: "spec: {}" }, "patch --type strategic --patch-file /f -n x --output json")
    check({ ...given, mergeStrategy: "json" }, "patch --type json --patch-file /f -n x --output json")
    check({ action: "delete", manifest: "m" }, "delete --ignore-not-found --filename /f --output name")
    check({ action: "get", flags: ["job", "x"] }, "get job x --output json")
  })

  it("are read as objects one after the other, however they are cut", () => {
    const objects = [{ a: '}"\\"{' }, { b: { c: [{}] } }]
    const text = objects.map((it) => JSON.stringify(it, null, 2)).join("\n")
    for (let size = 1; size < text.length; size++) {
      const stream = new JsonStream()
      const found = text.match(new RegExp(`[^]{1,${size}}`, "g"))!.flatMap((part) => stream.push(part))
      expect(found).toEqual(objects)
    }
  })
})
