/** Every verb treats what a manifest's node has saved as it treats what a task has saved. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import * as Effect from "effect/Effect"
import { Artifact, open, type Pinnace, type RunHandle, task, workflow } from "../../../mod.ts"
import type { ArtifactStore } from "../../../src/artifact/Store.ts"
import type { JournalShape } from "../../../src/journal/Journal.ts"
import { memoryStore } from "../../../src/store/memory.ts"
import { load, viewRun } from "../../../src/argo/mod.ts"
import { removeTree } from "../../removeTree.ts"

const folder = mkdtempSync(join(realpathSync(tmpdir()), "rows-"))
const pinnace = await open(join(folder, "one.db"))
afterAll(async () => {
  await pinnace.close()
  removeTree(folder)
})

const make = task("make", {
  output: Artifact,
  run: async (_, { artifacts }) => {
    const at = await artifacts.directory()
    writeFileSync(join(at, "f"), "made\n", { mode: 0o600 })
    return await artifacts.put("out", at)
  }
})
const typed = workflow("typed", {}, (w) => w.node("make", make))

const manifest = load(
  `kind: Workflow
metadata: {generateName: manifest-}
spec:
  entrypoint: main
  artifactGC: {strategy: OnWorkflowDeletion}
  volumes: [{name: v, emptyDir: {}}]
  templates:
  - name: main
    container: {command: [sh, -c, "mkdir /v/d; umask 077; echo made > /v/d/f"], volumeMounts: [{name: v, mountPath: /v}]}
    outputs: {artifacts: [{name: out, path: /v/d}]}
`,
  { directory: join(folder, "files"), executor: "process" }
)

const kinds: Readonly<Record<string, () => Promise<RunHandle>>> = {
  typed: () => pinnace.start(typed),
  manifest: () => pinnace.start(manifest, { parameters: {} })
}

const only = async (run: RunHandle) => (await run.artifacts())[0]!

const restored = async (from: Pinnace, run: RunHandle): Promise<string> => {
  const row = await only(run)
  const mover = await from.engine.host.artifacts.mover()
  const to = join(folder, `copy-${readdirSync(folder).length}`)
  await Effect.runPromise(mover.restore(mover.store(row.store)!, row, to, undefined))
  return readFileSync(join(to, "f"), "utf8")
}

const verbs: Readonly<Record<string, (run: RunHandle) => Promise<unknown>>> = {
  artifacts: async (run) => {
    const { kind, name, sha256, size, state } = await only(run)
    return [name, kind, state, size > 0, /^[0-9a-f]{64}$/.test(sha256), (await run.artifacts()).length]
  },
  cp: (run) => restored(pinnace, run),
  sweep: async (run) => [(await pinnace.sweep({ olderThan: 0 })).objects, await restored(pinnace, run)],
  "gc of a run that is kept": async (run) => [(await pinnace.gc()).count, (await only(run)).state],
  "export and import": async (run) => {
    const file = join(folder, `${run.id}.tgz`)
    await run.export(file)
    await using other = await open(join(folder, `${run.id}.db`))
    const arrived = await other.import(file)
    const text = await restored(other, arrived)
    await arrived.delete()
    await other.gc()
    return [text, (await only(run)).sha256 !== "", (await other.artifacts()).length]
  },
  pin: async (run) => {
    const { artifact } = await only(run)
    await pinnace.pin(artifact, true)
    await run.delete()
    await pinnace.gc()
    const kept = (await pinnace.artifacts({ run: run.id })).map(({ pinned, state }) => [pinned, state])
    await pinnace.pin(artifact, false)
    await pinnace.gc()
    return [kept, await pinnace.artifacts({ run: run.id })]
  }
}

it("is the same for both, verb by verb, to the last byte", async () => {
  const runs = await Promise.all(
    Object.values(kinds).map(async (start) => {
      const run = await start()
      expect(await run.ending()).toMatchObject({ phase: "Succeeded" })
      return run
    })
  )
  for (const [name, verb] of Object.entries(verbs)) {
    const [ofTask, ofManifest] = [await verb(runs[0]!), await verb(runs[1]!)]
    expect(ofManifest, name).toEqual(ofTask)
  }
  expect(existsSync(join(folder, "files", "artifacts"))).toBe(false)
  const store = (await pinnace.engine.host.artifacts.mover()).store("default")!
  expect(readdirSync(store.location("x")["directory"]!).filter((it) => it.startsWith("pinnace"))).toEqual([])
})

it("a remembered result is one for every process of the file, as long as its artifacts are there", async () => {
  const memoized = load(
    `kind: Workflow
metadata: {generateName: memo-}
spec:
  entrypoint: main
  artifactGC: {strategy: OnWorkflowDeletion}
  volumes: [{name: v, emptyDir: {}}]
  templates:
  - name: main
    memoize: {key: once, cache: {configMap: {name: cache}}}
    container: {command: [sh, -c, "echo made > /v/a"], volumeMounts: [{name: v, mountPath: /v}]}
    outputs: {artifacts: [{name: a, path: /v/a}]}
`,
    { directory: join(folder, "files"), executor: "process" }
  )
  const hit = async (from: Pinnace): Promise<readonly [boolean | undefined, RunHandle]> => {
    const run = await from.start(memoized, { parameters: {} })
    await run.ending()
    return [(await Effect.runPromise(viewRun(from.engine, run.id)))?.nodes[0]?.memoizationStatus?.hit, run]
  }
  await using other = await open(join(folder, "one.db"))
  const [[first, producer], [second, reader]] = [await hit(pinnace), await hit(other)]
  expect([first, second]).toEqual([false, true])
  // The run that was answered from memory reads the artifact too, so it stays as long as that run.
  await producer.delete()
  await pinnace.gc()
  expect((await hit(pinnace))[0]).toBe(true)
  for (const { id } of await pinnace.list({ limit: 100 })) {
    if (id.startsWith("memo-")) await (await pinnace.get(id))!.delete()
  }
  expect(reader.id).toMatch(/^memo-/)
  await pinnace.gc()
  // What is remembered reads the artifact itself, without any run.
  expect((await hit(other))[0]).toBe(true)
  expect(await pinnace.forget()).toMatchObject({ results: 1 })
  expect((await hit(other))[0]).toBe(false)
})

it("who saves under a key that is being deleted waits until that is done, so that nothing of it is lost", async () => {
  const told: Array<string> = []
  const { promise: gate, resolve: release } = Promise.withResolvers<void>()
  const memory = memoryStore()
  const store: ArtifactStore = {
    ...memory,
    put: (...args) => Effect.tap(memory.put(...args), () => Effect.sync(() => told.push("put"))),
    delete: (keys) =>
      Effect.promise(() => (told.push("deleting"), gate)).pipe(
        Effect.andThen(memory.delete(keys)),
        Effect.tap(() => Effect.sync(() => told.push("deleted")))
      )
  }
  await using own = await open(":memory:", { artifacts: { store } })
  const saving = load(
    `kind: Workflow
metadata: {generateName: shared-}
spec:
  entrypoint: main
  artifactGC: {strategy: OnWorkflowCompletion}
  volumes: [{name: v, emptyDir: {}}]
  templates:
  - name: main
    steps: [[{name: make, template: make}], [{name: wait, template: wait}]]
  - {name: wait, suspend: {}}
  - name: make
    container: {command: [sh, -c, "echo made | tee /v/a"], volumeMounts: [{name: v, mountPath: /v}]}
    outputs: {artifacts: [{name: a, path: /v/a, s3: {key: shared}}]}
`,
    { directory: join(folder, "files"), executor: "process" }
  )
  const begun = async () => {
    const run = await own.start(saving, { parameters: {} })
    return {
      run,
      waiting: (async () => {
        for await (const { event } of run.events()) if (event.type === "NodeWaiting") return
      })()
    }
  }
  const first = await begun()
  await first.waiting
  await first.run.terminate()
  await first.run.ending()
  const taken = Promise.withResolvers<void>()
  const journal = own.engine.host.journal as { append: JournalShape["append"] }
  const { append } = journal
  journal.append = (writes, done) => {
    if (writes.some(({ kind }) => kind === "overwrite")) taken.resolve()
    append(writes, done)
  }
  const second = await begun()
  await taken.promise
  for (let turns = 0; turns < 5_000; turns++) await new Promise((resolve) => setImmediate(resolve))
  release()
  await second.waiting
  expect(told).toEqual(["put", "deleting", "deleted", "put"])
  expect((await Effect.runPromise(memory.stat("shared"))).size).toBe(5)
  await second.run.terminate()
  await second.run.ending()
})

it("what earlier versions kept of artifacts and remembered results is found", async () => {
  const files = join(folder, "earlier")
  mkdirSync(join(files, "artifacts/old"), { recursive: true })
  mkdirSync(join(files, "memo"))
  writeFileSync(join(files, "artifacts/old/key"), "earlier\n")
  const entry = { outputs: { parameters: [{ name: "p", value: "known" }] }, createdAt: 1 }
  writeFileSync(join(files, "memo/cache-2.json"), JSON.stringify({ "key:k": entry }))
  const reading = load(
    `kind: Workflow
metadata: {name: earlier}
spec:
  entrypoint: main
  volumes: [{name: v, emptyDir: {}}]
  templates:
  - name: main
    steps: [[{name: a, template: a}, {name: b, template: b}]]
    outputs: {parameters: [{name: a, globalName: a, valueFrom: {parameter: "{{steps.a.outputs.parameters.p}}"}}, {name: b, globalName: b, valueFrom: {parameter: "{{steps.b.outputs.parameters.p}}"}}]}
  - name: a
    inputs: {artifacts: [{name: a, path: /v/a, s3: {key: old/key}}]}
    container: {command: ["true"], volumeMounts: [{name: v, mountPath: /v}]}
    outputs: {parameters: [{name: p, valueFrom: {path: /v/a}}]}
  - name: b
    memoize: {key: k, cache: {configMap: {name: cache-2}}}
    container: {command: ["false"]}
    outputs: {parameters: [{name: p, valueFrom: {path: /none}}]}
`,
    { directory: files, executor: "process" }
  )
  const run = await pinnace.start(reading, { parameters: {} })
  expect(await run.result()).toEqual({ parameters: { a: "earlier", b: "known" } })
})

it("modes are kept from node to node, and a key of the manifest's is read by it", async () => {
  const passing = load(
    `kind: Workflow
metadata: {name: modes}
spec:
  entrypoint: main
  volumes: [{name: v, emptyDir: {}}]
  templates:
  - name: main
    steps: [[{name: make, template: make}], [{name: use, template: use}]]
  - name: make
    container: {command: [sh, -c, "umask 022; echo a > /v/a; echo b > /v/b; chmod 755 /v/b; echo c > /v/c; chmod 600 /v/c"], volumeMounts: [{name: v, mountPath: /v}]}
    outputs: {artifacts: [{name: a, path: /v/a, s3: {key: /k/a}}, {name: b, path: /v/b, s3: {key: k//b}}, {name: c, path: /v/c, s3: {key: k/c}}]}
  - name: use
    inputs: {artifacts: [{name: a, path: /v/a, s3: {key: k/a}}, {name: b, path: /v/b, s3: {key: k/b}}, {name: c, path: /v/c, s3: {key: k/c}}]}
    outputs: {parameters: [{name: out, globalName: out, valueFrom: {path: /v/out}}]}
    container: {command: [sh, -c, "stat -c %a /v/a /v/b /v/c > /v/out"], volumeMounts: [{name: v, mountPath: /v}]}
`,
    { directory: join(folder, "files"), executor: "process" }
  )
  const run = await pinnace.start(passing, { parameters: {} })
  expect(await run.result()).toEqual({ parameters: { out: "644\n755\n600" } })
  expect((await run.artifacts()).map(({ key }) => key).sort()).toEqual(["k/a", "k/b", "k/c"])
})
