/**
 * Artifacts through the public API: bytes first, rows after; what is read, what is collected, and what never is (N8).
 */
import { existsSync } from "node:fs"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { expect, test } from "vitest"
import { Artifact, open as openReal, type RunHandle, Schema, task, type TaskContext, workflow } from "../../mod.ts"
import { artifactError } from "../../src/artifact/ArtifactError.ts"
import { type ArtifactStore, memoryStore } from "../../src/store/mod.ts"
// Loaded at once: the simulated processes take their waiting for a file to be loaded as "nothing can happen".
import "../../src/engine/observe/sweep.ts"
import "../../src/store/mover.ts"
import { nodeOf, phases, TestBed } from "./TestBed.ts"

const keysOf = async (store: ArtifactStore): Promise<ReadonlyArray<string>> =>
  (await Effect.runPromise(Stream.runCollect(store.list()))).map(({ key }) => key).sort()

const put = (name: string, text: string, options = {}) => ({
  output: Artifact,
  run: (_: void, { artifacts }: TaskContext) => artifacts.putText(name, text, options)
})

const read = task("read", {
  input: Artifact,
  output: Schema.String,
  run: async (handle, { artifacts }) => (await artifacts.open(handle)).text()
})

const states = async (run: RunHandle<unknown>) =>
  (await run.artifacts()).map(({ name, state }) => `${name} ${state}`).sort()

const makeBed = (store = memoryStore()) => {
  const bed = new TestBed()
  const open = (...workflows: ReadonlyArray<Parameters<TestBed["play"]>[0]>) =>
    bed.open({ workflows: workflows as never, artifacts: { store } })
  return { bed, store, open }
}

test("A handle crosses from one node to another, and says what the bytes are", async () => {
  const { bed, open, store } = makeBed()
  const one = workflow("w", {}, (w) => {
    const made = w.node("make", task("make", put("note", "grüezi")))
    w.node("read", read, { input: made })
    return made
  })
  const { ending, run } = await bed.play(one, undefined, open(one))
  expect(ending.output).toMatchObject({ name: "note", kind: "file", size: 7, mediaType: "text/plain" })
  expect((await run.nodes({ values: true })).find(({ path }) => path === "read")?.output).toBe("grüezi")
  expect(await keysOf(store)).toEqual([expect.stringMatching(/^pinnace\/memory\/w-\w+\/make\.1\.1\.1\.note$/)])
  expect(bed.events(run, "ArtifactSaved")).toMatchObject([{ path: "make", attempt: 1, artifact: { name: "note" } }])
})

test("Files, directories with sub-paths, bytes, streams and JSON are what they were", async () => {
  const Report = Schema.Struct({ at: Schema.DateFromString, rows: Schema.Number })
  const make = task("make", {
    output: { file: Artifact, tree: Artifact, bytes: Artifact, stream: Artifact, json: Artifact },
    run: async (_, { artifacts }) => {
      const at = await artifacts.directory()
      await writeFile(join(at, "a.csv"), "1,2")
      await mkdir(join(at, "tree/deep"), { recursive: true })
      await writeFile(join(at, "tree/deep/b.txt"), "b")
      const stream = async function* () {
        yield new Uint8Array([1, 2])
        yield new Uint8Array([3])
      }
      return {
        file: await artifacts.put("file", join(at, "a.csv")),
        tree: await artifacts.put("tree", join(at, "tree"), { archive: "zip" }),
        bytes: await artifacts.put("bytes", new Uint8Array([9])),
        stream: await artifacts.put("stream", stream()),
        json: await artifacts.putJson("json", { at: new Date(0), rows: 3 }, { schema: Report })
      }
    }
  })
  const seen: Array<unknown> = []
  const use = task("use", {
    input: { file: Artifact, tree: Artifact, bytes: Artifact, stream: Artifact, json: Artifact },
    run: async (input, { artifacts }) => {
      const tree = await artifacts.open(input.tree)
      const stream = await artifacts.open(input.stream)
      seen.push(
        input.file.mediaType,
        await readFile(await (await artifacts.open(input.file)).path(), "utf8"),
        await readFile(join(await tree.path(), "deep/b.txt"), "utf8"),
        await readFile(await tree.path("deep/b.txt"), "utf8"),
        [...await (await artifacts.open(input.bytes)).bytes()],
        [...await new Response(stream.stream({ start: 1 })).bytes()],
        await (await artifacts.open(input.json)).json(Report)
      )
    }
  })
  const one = workflow("w", {}, (w) => void w.node("use", use, { input: w.node("make", make) }))
  await using pinnace = await openReal(":memory:")
  await pinnace.run(one)
  expect(seen).toEqual(["text/csv", "1,2", "b", "b", [9], [2, 3], { at: new Date(0), rows: 3 }])
})

test("AR-15 A reader that changes its copy changes nothing for others, and nothing of its work directory is left", async () => {
  const directories: Array<string> = []
  const change = task("change", {
    input: Artifact,
    output: Schema.String,
    run: async (handle, { artifacts }) => {
      const path = await (await artifacts.open(handle)).path()
      directories.push(await artifacts.directory())
      const before = await readFile(path, "utf8")
      await writeFile(path, "changed")
      return before
    }
  })
  const one = workflow("w", {}, (w) => {
    const made = w.node("make", task("make", put("a", "original")))
    const first = w.node("first", change, { input: made })
    w.node("second", change, { input: made, after: [first] })
  })
  await using pinnace = await openReal(":memory:")
  const run = await pinnace.start(one)
  await run.ending()
  expect((await run.nodes({ values: true })).map(({ output }) => output).slice(1)).toEqual(["original", "original"])
  expect(directories.map((path) => existsSync(path))).toEqual([false, false])
})

test("iii-1 A failed attempt leaves no artifact and, at the end, no bytes; the one that succeeds does", async () => {
  const { bed, open, store } = makeBed()
  const flaky = task("flaky", {
    output: Artifact,
    retry: { limit: 1 },
    run: async (_, { artifacts, attempt }) => {
      const handle = await artifacts.putText("a", `attempt ${attempt}`)
      if (attempt === 1) throw new Error("no")
      return handle
    }
  })
  const one = workflow("w", { gc: "OnWorkflowCompletion" }, (w) => w.node("flaky", flaky))
  const pinnace = open(one)
  const { ending, run } = await bed.play(one, undefined, pinnace)
  expect([ending.phase, (await run.artifacts()).map(({ attempt }) => attempt)]).toEqual(["Succeeded", [2]])
  await bed.settle(pinnace.gc())
  expect([await states(run), await keysOf(store)]).toEqual([["a deleted"], []])
})

test("iii-2 What is to be kept always has its own key for each attempt, and all of them are collected", async () => {
  const { bed, open, store } = makeBed()
  const flaky = task("flaky", {
    retry: { limit: 1 },
    run: async (_, { artifacts, attempt }) => {
      await artifacts.putText("log", `attempt ${attempt}`, { when: "always" })
      throw new Error("no")
    }
  })
  const one = workflow("w", {}, (w) => void w.node("flaky", flaky))
  const pinnace = open(one)
  const { run } = await bed.play(one, undefined, pinnace)
  expect((await run.artifacts()).map(({ attempt, state }) => [attempt, state])).toEqual([[1, "live"], [2, "live"]])
  expect(await keysOf(store)).toHaveLength(2)
  await bed.settle(run.delete())
  await bed.settle(pinnace.gc())
  expect([await keysOf(store), await pinnace.artifacts()]).toEqual([[], []])
})

test("iii-3 Deleting a run deletes its artifacts, except those that are kept for ever", async () => {
  const { bed, open, store } = makeBed()
  const make = task("make", {
    run: async (_, { artifacts }) => {
      await artifacts.putText("b", "b")
      await artifacts.putText("keep", "keep", { gc: "Never" })
    }
  })
  const one = workflow("w", { gc: "OnWorkflowDeletion" }, (w) => void w.node("make", make))
  const pinnace = open(one)
  const { run } = await bed.play(one, undefined, pinnace)
  await bed.settle(pinnace.gc())
  expect(await states(run)).toEqual(["b live", "keep live"])
  await bed.settle(run.delete())
  await bed.settle(pinnace.gc())
  expect(await keysOf(store)).toEqual([expect.stringContaining(".keep")])
  expect(await pinnace.artifacts()).toMatchObject([{ name: "keep", state: "live" }])
})

test("iii-4 An output that lacks a declared artifact fails the node by name; what it saved is not kept", async () => {
  const { bed, open, store } = makeBed()
  const make = task("make", {
    output: { a: Artifact, b: Artifact },
    run: async (_, { artifacts }) => ({ b: await artifacts.putText("b", "b") }) as never
  })
  const one = workflow("w", {}, (w) => void w.node("make", make))
  const { run } = await bed.play(one, undefined, open(one))
  expect((await run.nodes())[0]).toMatchObject({ phase: "Error", reason: "BadOutput" })
  expect((await run.nodes())[0]?.message).toContain("a")
  await bed.until(async () => (await run.artifacts()).length === 0)
  await bed.quiet()
  expect(await keysOf(store)).toEqual([])
})

test("iii-6 A retry runs the producer again when what it saved was collected, says so before, and collects again", async () => {
  const { bed, open, store } = makeBed()
  let isFixed = false
  let made = 0
  const make = task("make", {
    output: Artifact,
    run: (_, { artifacts }) => artifacts.putText("a", `made ${++made}`)
  })
  const use = task("use", {
    input: Artifact,
    output: Schema.String,
    run: async (handle, { artifacts }) => {
      const text = await (await artifacts.open(handle)).text()
      if (!isFixed) throw new Error("no")
      return text
    }
  })
  const one = workflow("w", { gc: "OnWorkflowCompletion" }, (w) => {
    const a = w.node("make", make)
    w.node("other", task("other", { run: () => 1 }))
    return w.node("use", use, { input: a })
  })
  const pinnace = open(one)
  const { run } = await bed.play(one, undefined, pinnace)
  await bed.settle(pinnace.gc())
  expect(await keysOf(store)).toEqual([])
  isFixed = true
  const plan = await bed.settle(run.planRetry())
  expect(plan.reset).toMatchObject([
    { path: "make", why: expect.stringContaining("an artifact it saved was deleted") },
    { path: "use" }
  ])
  await bed.settle(run.retry())
  expect(await bed.ended(run)).toMatchObject({ phase: "Succeeded", output: "made 2" })
  await bed.settle(pinnace.gc())
  expect([await keysOf(store), await states(run)]).toEqual([[], ["a deleted", "a deleted"]])
})

test("A retry before the collection keeps what was saved", async () => {
  const { bed, open } = makeBed()
  let isFixed = false
  const use = task("use", {
    input: Artifact,
    run: async (handle, { artifacts }) => {
      await (await artifacts.open(handle)).text()
      if (!isFixed) throw new Error("no")
    }
  })
  const one = workflow(
    "w",
    { gc: "OnWorkflowDeletion" },
    (w) => void w.node("use", use, { input: w.node("make", task("make", put("a", "a"))) })
  )
  const { run } = await bed.play(one, undefined, open(one))
  isFixed = true
  expect((await bed.settle(run.retry())).reset.map(({ path }) => path)).toEqual(["use"])
  expect((await bed.ended(run)).phase).toBe("Succeeded")
})

test("AR-09 What a memoized resubmit can read outlives its own run, and is collected with the last reader", async () => {
  const { bed, open, store } = makeBed()
  let isFixed = false
  const use = task("use", {
    input: Artifact,
    output: Schema.String,
    run: async (handle, { artifacts }) => {
      if (!isFixed) throw new Error("no")
      return (await artifacts.open(handle)).text()
    }
  })
  const one = workflow("w", {}, (w) => w.node("use", use, { input: w.node("make", task("make", put("a", "a"))) }))
  const pinnace = open(one)
  const { run } = await bed.play(one, undefined, pinnace)
  isFixed = true
  const again = await bed.settle(run.resubmit({ memoized: true }))
  expect(await bed.ended(again)).toMatchObject({ phase: "Succeeded", output: "a" })
  await bed.settle(run.delete())
  await bed.settle(pinnace.gc())
  expect(await keysOf(store)).toHaveLength(1)
  await bed.settle(again.delete())
  await bed.settle(pinnace.gc())
  expect(await keysOf(store)).toEqual([])
})

test("A memoized resubmit does what saved a collected artifact again, instead of handing out a dead handle", async () => {
  const { bed, open } = makeBed()
  const use = task("use", {
    input: Artifact,
    output: Schema.String,
    run: async (handle, { artifacts }) => {
      const text = await (await artifacts.open(handle)).text()
      if (isBroken) throw new Error("no")
      return text
    }
  })
  let isBroken = true
  const one = workflow(
    "w",
    { gc: "OnWorkflowCompletion" },
    (w) => w.node("use", use, { input: w.node("make", task("make", put("a", "a"))) })
  )
  const pinnace = open(one)
  const { run } = await bed.play(one, undefined, pinnace)
  await bed.settle(pinnace.gc())
  isBroken = false
  const again = await bed.settle(run.resubmit({ memoized: true }))
  expect(await bed.ended(again)).toMatchObject({ phase: "Succeeded", output: "a" })
})

test("What a collection tells is what was deleted: nothing that failed, and what a pass before it was at", async () => {
  const store = memoryStore()
  const gate = Promise.withResolvers<void>()
  let isLocked = false
  const slow: ArtifactStore = {
    ...store,
    delete: (keys) =>
      Effect.andThen(
        Effect.promise(() => isLocked ? gate.promise : Promise.resolve()),
        Effect.map(store.delete(keys), (answers) =>
          answers.map(({ key }) =>
            key.includes("stuck")
              ? { key, error: artifactError("AccessDenied", { operation: "delete", store: "s", key }, "no") }
              : { key }
          ))
      )
  }
  const { bed, open } = makeBed(slow)
  const saved = (name: string) =>
    workflow(name, { gc: "OnWorkflowDeletion" }, (w) => void w.node("make", task("make", put(name, name))))
  const [one, two] = [saved("stuck"), saved("gone")]
  const pinnace = open(one, two)
  const first = await bed.play(one, undefined, pinnace)
  const second = await bed.play(two, undefined, pinnace)
  isLocked = true
  await bed.settle(second.run.delete())
  await bed.quiet()
  await bed.settle(first.run.delete())
  const asked = pinnace.gc()
  isLocked = false
  gate.resolve()
  expect(await bed.settle(asked)).toMatchObject({ count: 1, bytes: 4, failures: [{ name: "stuck" }] })
})

test("A handle whose bytes are gone says so by name", async () => {
  const { bed, open } = makeBed()
  const first = workflow("first", { gc: "OnWorkflowCompletion" }, (w) => w.node("make", task("make", put("a", "a"))))
  const second = workflow("second", { input: Artifact }, (w) => w.node("read", read, { input: w.input }))
  const pinnace = open(first, second)
  const { ending, run } = await bed.play(first, undefined, pinnace)
  await bed.settle(pinnace.gc())
  const late = await bed.settle(pinnace.start(second as never, ending.output as never))
  await bed.ended(late)
  expect((await late.nodes())[0]).toMatchObject({
    phase: "Error",
    message: expect.stringContaining('Artifact "a" cannot be read: it was deleted (OnWorkflowCompletion)')
  })
  await bed.settle(run.delete())
})

test("An artifact passed to another run as its input is kept while that run goes on", async () => {
  const { bed, open, store } = makeBed()
  const first = workflow("first", { gc: "OnWorkflowCompletion" }, (w) => {
    const made = w.node("make", task("make", put("a", "a")))
    w.suspend("wait", { duration: "1 hour", after: [made] })
    return made
  })
  const second = workflow("second", { input: Artifact }, (w) => {
    const wait = w.suspend("wait", { duration: "1 day" })
    return w.node("read", read, { input: w.input, after: [wait] })
  })
  const pinnace = open(first, second)
  const run = await bed.settle(pinnace.start(first))
  await bed.until(async () => (await run.nodes()).some(({ path }) => path === "wait"))
  const made = (await run.nodes({ values: true })).find(({ path }) => path === "make")?.output
  const reader = await bed.settle(pinnace.start(second as never, made as never))
  await bed.ended(run)
  await bed.settle(pinnace.gc())
  expect(await keysOf(store)).toHaveLength(1)
  expect(await bed.ended(reader)).toMatchObject({ phase: "Succeeded", output: "a" })
  await bed.settle(pinnace.gc())
  expect(await keysOf(store)).toEqual([])
})

test("A temporary artifact goes as soon as the last node that can read it has ended, not before", async () => {
  const { bed, open, store } = makeBed()
  const seen: Array<number> = []
  const look = task("look", { run: async () => void seen.push((await keysOf(store)).length) })
  const pass = task("pass", { input: Artifact, output: Artifact, run: (handle) => handle })
  const one = workflow("w", {}, (w) => {
    const made = w.node("make", task("make", put("t", "t", { gc: "temp" })))
    const passed = w.node("pass", pass, { input: made })
    const before = w.node("before", look, { after: [passed] })
    const last = w.node("last", read, { input: passed, after: [before] })
    const wait = w.suspend("wait", { duration: "1 minute", after: [last] })
    w.node("after", look, { after: [wait] })
  })
  const pinnace = open(one)
  const { run } = await bed.play(one, undefined, pinnace)
  expect(seen).toEqual([1, 0])
  await bed.settle(pinnace.gc())
  expect(await states(run)).toEqual(["t deleted"])
})

test("Artifacts go to the store they name, else to that of their workflow; progress is told in bytes", async () => {
  const [cold, warm] = [memoryStore(), memoryStore()]
  const told: Array<number> = []
  const chunks = async function* () {
    for (const n of [1, 2, 3]) yield new Uint8Array(n)
  }
  const make = task("make", {
    run: async (_, { artifacts }) => {
      await artifacts.put("one", chunks(), { onProgress: (bytes) => told.push(bytes) })
      await artifacts.putText("two", "2", { store: "warm" })
      await artifacts.putText("three", "3", { store: "default" })
    }
  })
  const one = workflow("w", { store: "cold" }, (w) => void w.node("make", make))
  await using pinnace = await openReal(":memory:", { artifacts: { stores: { cold, warm } } })
  const run = await pinnace.start(one)
  await run.ending()
  expect((await run.artifacts()).map(({ name, store }) => `${name} ${store}`).sort()).toEqual([
    "one cold",
    "three default",
    "two warm"
  ])
  expect([(await keysOf(cold)).length, (await keysOf(warm)).length, told]).toEqual([1, 1, [1, 3, 6]])
  const lost = workflow("lost", { store: "nowhere" }, (w) => void w.node("make", make))
  const other = await pinnace.start(lost)
  await other.ending()
  expect((await other.nodes())[0]?.message).toContain(
    'needs the store "nowhere", which was not passed to open(). Known: default, cold, warm'
  )
})

test("Two nodes cannot save under the same key, and keys of one's own keep to their holes", async () => {
  const { bed, open, store } = makeBed()
  const make = (name: string, key: string) => task(name, put("a b/../c", "x", { key }))
  const one = workflow("w", {}, (w) => {
    const first = w.node("first", make("first", "same/{name}"))
    w.node("second", make("second", "same/{name}"), { after: [first] })
    w.node("bad", make("bad", "../{name}"))
  })
  const { run } = await bed.play(one, undefined, open(one))
  expect(await keysOf(store)).toEqual(["same/a b%2f..%2fc"])
  const messages = new Map((await run.nodes()).map(({ message, path }) => [path, message]))
  expect(messages.get("second")).toContain("another one has that key")
  expect(messages.get("bad")).toContain("../")
})

test("Under a key of one's own the next attempt's bytes stand, however late the failed one's would be deleted", async () => {
  const inner = memoryStore()
  const second = Promise.withResolvers<void>()
  const slow = (keys: Iterable<string>) => Effect.andThen(Effect.promise(() => second.promise), inner.delete(keys))
  const { bed, open } = makeBed({ ...inner, delete: slow })
  const flaky = task("flaky", {
    output: Artifact,
    retry: { limit: 1 },
    run: async (_, { artifacts, attempt }) => {
      const saved = await artifacts.putText("a", `${attempt}`, { key: "mine/{name}" })
      if (attempt === 1) throw new Error("no")
      second.resolve()
      await new Promise((resolve) => setImmediate(resolve))
      return saved
    }
  })
  const one = workflow("w", {}, (w) => void w.node("read", read, { input: w.node("make", flaky) }))
  const { run } = await bed.play(one, undefined, open(one))
  expect((await run.nodes({ values: true })).find(({ path }) => path === "read")?.output).toBe("2")
  expect(await keysOf(inner)).toEqual(["mine/a"])
})

test("A node that is run again overwrites what it saved under a key of its own, unless somebody keeps that", async () => {
  const { bed, open, store } = makeBed()
  const times = { failures: 2 }
  const make = task("make", put("a", "x", { key: "mine/{name}" }))
  const check = task("check", {
    input: Artifact,
    run: () => {
      if (times.failures-- > 0) throw new Error("no")
    }
  })
  const one = workflow("w", {}, (w) => void w.node("check", check, { input: w.node("make", make) }))
  const pinnace = open(one)
  const { run } = await bed.play(one, undefined, pinnace)
  await bed.settle(run.retry({ nodes: ["make"], restartSuccessful: true }))
  expect((await bed.ended(run)).phase).toBe("Error")
  expect([await states(run), await keysOf(store)]).toEqual([["a deleted", "a live"], ["mine/a"]])
  await pinnace.pin((await run.artifacts()).find(({ state }) => state === "live")!.artifact)
  await bed.settle(run.retry({ nodes: ["make"], restartSuccessful: true }))
  await bed.ended(run)
  expect((await run.nodes()).find(({ path }) => path === "make")?.message).toContain("another one has that key")
})

test("Of two nodes that save under one key at once, one is refused", async () => {
  const { bed, open, store } = makeBed()
  const make = task("make", put("same", "x", { key: "same/{run}" }))
  const one = workflow("w", { failFast: false }, (w) => {
    w.node("a", make)
    w.node("b", make)
  })
  const { run } = await bed.play(one, undefined, open(one))
  expect(await keysOf(store)).toEqual([`same/${run.id}`])
  expect(Object.values(await phases(run)).sort()).toEqual(["Error", "Succeeded"])
  const refused = (await phases(run))["a"] === "Error" ? "a" : "b"
  expect((await nodeOf(run, refused)).message).toContain("another one has that key")
})

test("A put that failed leaves its key to be put under again", async () => {
  const { bed } = makeBed()
  const broken = async function* () {
    yield new Uint8Array(1)
    throw new Error("no more bytes")
  }
  const make = task("make", {
    run: async (_, { artifacts }) => {
      await artifacts.put("a", broken(), { key: "mine" }).catch(() => undefined)
      await artifacts.putText("a", "whole", { key: "mine" })
    }
  })
  const { ending } = await bed.play(workflow("w", {}, (w) => void w.node("make", make)), undefined, undefined)
  expect(ending.phase).toBe("Succeeded")
})

test("One attempt cannot save two artifacts under one key", async () => {
  const { bed, open } = makeBed()
  const make = task("make", {
    run: async (_: void, { artifacts }) => {
      await artifacts.putText("a", "1", { key: "mine" })
      await artifacts.putText("b", "2", { key: "mine" })
    }
  })
  const one = workflow("w", {}, (w) => void w.node("make", make))
  const { run } = await bed.play(one, undefined, open(one))
  expect((await run.nodes())[0]?.message).toContain("another one has that key")
})

test("A process that dies between the bytes and the row leaves what a sweep finds, and nothing that anybody can read", async () => {
  const { bed, open, store } = makeBed()
  const one = workflow("w", {}, (w) => w.node("make", task("make", put("a", "a"))))
  const first = open(one)
  bed.disk.fault = ({ writes }) =>
    writes.some(({ kind }) => kind === "artifact") ? { when: "before", what: "kill" } : undefined
  const run = await bed.settle(first.start(one))
  await bed.until(() => bed.isIdle)
  bed.disk.fault = undefined
  bed.crash(first)
  const second = open(one)
  expect((await bed.ended((await second.get(run.id))!)).phase).toBe("Succeeded")
  expect([(await keysOf(store)).length, (await second.artifacts()).length]).toEqual([2, 1])
  expect(await bed.settle(second.sweep())).toMatchObject({ objects: 0 })
  bed.elapse(2 * 86_400_000)
  expect(await bed.settle(second.sweep({ dryRun: true, olderThan: 0 }))).toMatchObject({ objects: 1, bytes: 1 })
  expect(await bed.settle(second.sweep({ olderThan: 0 }))).toMatchObject({ objects: 1, bytes: 1 })
  expect(await keysOf(store)).toEqual([(await second.artifacts())[0]?.key])
})
