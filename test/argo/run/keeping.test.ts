/** What runs of manifests leave behind, and what follows changes of files. */
import { mkdtempSync, readdirSync, realpathSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { open, type Pinnace, type RunHandle } from "../../../mod.ts"
import { load, resumeManifest, setManifestNode, viewRun } from "../../../src/argo/mod.ts"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { removeTree } from "../../removeTree.ts"

const folder = mkdtempSync(join(realpathSync(tmpdir()), "keeping-"))
let pinnace: Pinnace
beforeAll(async () => {
  pinnace = await open(":memory:")
})
afterAll(async () => {
  await pinnace.close()
  removeTree(folder)
})

const start = (name: string, spec: string): Promise<RunHandle> => {
  const text = `kind: Workflow\nmetadata: {name: ${name}}\nspec:\n${spec.replace(/^/gm, "  ")}`
  return pinnace.start(load(text, { directory: folder, executor: "process" }), { parameters: {} })
}

/** Follows a run until its nodes are as wanted. */
const until = async (run: RunHandle, condition: () => boolean): Promise<void> => {
  if (condition()) return
  for await (const _ of run.events()) if (condition()) return
  throw new Error("The run ended before")
}

/** The keys in the store beneath one, once garbage is gone. */
const keysBelow = async (prefix: string, from: Pinnace = pinnace): Promise<ReadonlyArray<string>> => {
  await from.gc()
  const { artifacts } = from.engine.host
  const store = (await artifacts.mover()).store(artifacts.stores.get("default")!)!
  const found = await Effect.runPromise(Stream.runCollect(store.list(`${prefix}/`)))
  return found.map(({ key }) => key.slice(prefix.length + 1)).sort()
}

const phase = (run: RunHandle, name: string) =>
  Effect.runSync(viewRun(pinnace.engine, run.id))!.nodes.find((it) => it.displayName === name)?.phase

describe("artifactGC", () => {
  const makes = (after: string) => `
entrypoint: main
artifactGC: {strategy: OnWorkflowCompletion}
templates:
- name: make
  container: {command: [sh, -c], args: ["echo a > /data/a; echo b > /data/b; ${after}"], volumeMounts: [{name: data, mountPath: /data}]}
  outputs:
    artifacts:
    - {name: a, path: /data/a, s3: {key: "{{workflow.name}}/a"}}
    - {name: b, path: /data/b, s3: {key: "{{workflow.name}}/b"}, artifactGC: {strategy: Never}}
- {name: wait, suspend: {}}
- name: main
  steps: [[{name: make, template: make}], [{name: wait, template: wait}]]
volumes: [{name: data, emptyDir: {}}]`
  it("deletes what does not say otherwise when the run has ended, not before", async () => {
    const run = await start("gone", makes("true"))
    await until(run, () => phase(run, "wait") === "Running")
    expect(await keysBelow("gone")).toEqual(["a", "b"])
    await Effect.runPromise(resumeManifest(pinnace.engine, run.id))
    expect(await run.ending()).toMatchObject({ phase: "Succeeded" })
    expect(await keysBelow("gone")).toEqual(["b"])
  })

  it("deletes what an earlier life of the run has made", async () => {
    const file = join(folder, "state.db")
    const manifest = load(`kind: Workflow\nmetadata: {name: again}\nspec:\n${makes("true").replace(/^/gm, "  ")}`, {
      directory: folder,
      executor: "process"
    })
    const first = await open(file, { workflows: [manifest] })
    const run = await first.start(manifest, { parameters: {} })
    for await (const { event } of run.events()) if (event.type === "NodeWaiting") break
    expect(await keysBelow("again", first)).toEqual(["a", "b"])
    await first.close()
    const second = await open(file, { workflows: [manifest] })
    await Effect.runPromise(resumeManifest(second.engine, run.id))
    expect(await (await second.get(run.id))!.ending()).toMatchObject({ phase: "Succeeded" })
    expect(await keysBelow("again", second)).toEqual(["b"])
    await second.close()
  })

  it("deletes after a failure, and after a run was terminated", async () => {
    const bad = await start("bad", makes("exit 1"))
    expect(await bad.ending()).toMatchObject({ phase: "Failed" })
    const ended = await start("ended", makes("true"))
    await until(ended, () => phase(ended, "wait") === "Running")
    await ended.terminate()
    await ended.ending()
    expect([await keysBelow("bad"), await keysBelow("ended")]).toEqual([["b"], ["b"]])
  })
})

describe("artifactGC OnWorkflowDeletion", () => {
  const makes = (key: string) => `
entrypoint: main
artifactGC: {strategy: OnWorkflowDeletion}
volumes: [{name: data, emptyDir: {}}]
templates:
- name: main
  container: {command: [sh, -c, echo a > /data/a], volumeMounts: [{name: data, mountPath: /data}]}
  outputs:
    artifacts:
    - {name: a, path: /data/a, s3: {key: "${key}/a"}}
    - {name: b, path: /data/a, s3: {key: "${key}/b"}, artifactGC: {strategy: Never}}
    - {name: c, path: /data/none, optional: true, s3: {key: "${key}/c"}}`
  const played = async (name: string, key: string): Promise<RunHandle> => {
    const run = await start(name, makes(key))
    expect(await run.ending()).toMatchObject({ phase: "Succeeded" })
    return run
  }

  it("deletes when the run is gone", async () => {
    const run = await played("first", "mine")
    await played("second", "others")
    expect(await keysBelow("mine")).toEqual(["a", "b"])
    await run.delete()
    expect([await keysBelow("mine"), await keysBelow("others")]).toEqual([["b"], ["a", "b"]])
  })

  it("leaves what another run saved under the same key, until that is gone too", async () => {
    const [one, other] = [await played("one", "shared"), await played("other", "shared")]
    await one.delete()
    expect(await keysBelow("shared")).toEqual(["a", "b"])
    await other.delete()
    expect(await keysBelow("shared")).toEqual(["b"])
  })
})

it("ttlStrategy says how long the run is kept, the more specific time first", async () => {
  const times = "ttlStrategy: {secondsAfterCompletion: 60, secondsAfterSuccess: 120}"
  const ends = async (name: string, code: number) => {
    const run = await start(
      name,
      `${times}\nentrypoint: main\ntemplates:\n- {name: main, container: {command: [sh, -c, exit ${code}]}}`
    )
    await run.ending()
    const { deleteAt, finishedAt } = await run.status()
    return (deleteAt! - finishedAt!) / 1_000
  }
  expect([await ends("good", 0), await ends("poor", 1)]).toEqual([120, 60])
})

it("a run leaves no files of its nodes behind, and the claims of a run that succeeded go", async () => {
  const run = await start(
    "tidy",
    `entrypoint: main
volumeClaimTemplates: [{metadata: {name: work}}]
templates:
- name: main
  container: {command: [sh, -c, echo x > /data/x], volumeMounts: [{name: work, mountPath: /data}]}`
  )
  expect(await run.ending()).toMatchObject({ phase: "Succeeded" })
  expect(readdirSync(join(folder, "runs"))).not.toContain(run.id)
})

it("the limit of a semaphore in a database is 1 in the state file, until another is set", async () => {
  const run = await start(
    "counted",
    `entrypoint: main
templates:
- {name: wait, suspend: {}, synchronization: {semaphores: [{database: {key: two}}]}}
- {name: main, steps: [[{name: a, template: wait}, {name: b, template: wait}]]}`
  )
  const running = () => ["a", "b"].filter((name) => phase(run, name) === "Running").length
  await until(run, () => running() === 1 && ["a", "b"].some((name) => phase(run, name) === "Pending"))
  await pinnace.setLimit("default/Database/two", 2)
  await until(run, () => running() === 2)
  await Effect.runPromise(resumeManifest(pinnace.engine, run.id))
  expect(await run.ending()).toMatchObject({ phase: "Succeeded" })
})

it("the limit of a semaphore follows the file of its ConfigMap", async () => {
  const file = join(folder, "limits.yaml")
  const limits = (limit: string) => `kind: ConfigMap\nmetadata: {name: limits}\ndata: {two: "${limit}"}\n`
  writeFileSync(file, limits("1"))
  const workflow = `kind: Workflow
metadata: {name: locked}
spec:
  entrypoint: main
  templates:
  - name: wait
    synchronization: {semaphores: [{configMapKeyRef: {name: limits, key: two}}]}
    suspend: {}
  - name: main
    steps: [[{name: a, template: wait}, {name: b, template: wait}]]
`
  const manifest = load([{ name: "wf", text: workflow }, { name: "limits", text: limits("1"), path: file }], {
    directory: folder
  })
  const run = await pinnace.start(manifest, { parameters: {} })
  const running = () => ["a", "b"].filter((name) => phase(run, name) === "Running").length
  await until(run, () => running() === 1 && ["a", "b"].some((name) => phase(run, name) === "Pending"))
  writeFileSync(file, limits("2"))
  await until(run, () => running() === 2)
  await Effect.runPromise(resumeManifest(pinnace.engine, run.id))
  expect(await run.ending()).toMatchObject({ phase: "Succeeded" })
})

it("values that a suspend node was set to outlive the process, and so does its waiting", async () => {
  const file = join(folder, "set.db")
  const spec = "entrypoint: w, templates: [{name: w, suspend: {}, outputs: {parameters: " +
    "[{name: p, globalName: p, valueFrom: {supplied: {}}}, {name: q, globalName: q, valueFrom: {supplied: {}}}]}}]"
  const manifest = load(`kind: Workflow\nmetadata: {name: set}\nspec: {${spec}}`, { directory: folder })
  const first = await open(file, { workflows: [manifest] })
  const run = await first.start(manifest, { parameters: {} })
  for await (const { event } of run.events()) if (event.type === "NodeWaiting") break
  await Effect.runPromise(setManifestNode(first.engine, run.id, { parameters: { p: "1", q: "2" } }))
  await first.close()
  const second = await open(file, { workflows: [manifest] })
  await Effect.runPromise(setManifestNode(second.engine, run.id, { parameters: { q: "3" } }))
  await Effect.runPromise(resumeManifest(second.engine, run.id))
  expect(await (await second.get(run.id))!.result()).toEqual({ parameters: { p: "1", q: "3" } })
  await second.close()
})
