/**
 * Retention and collection over time: what ended is deleted when
 * it is due, whatever its nodes were, and nothing else (N8, N9).
 */
import { answersOf } from "../journal/answers.ts"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { expect, test } from "vitest"
import { Artifact, type RunHandle, Schema, task, workflow } from "../../mod.ts"
import { artifactError } from "../../src/artifact/ArtifactError.ts"
import { type ArtifactStore, memoryStore } from "../../src/store/mod.ts"
import "../../src/engine/observe/sweep.ts"
import "../../src/store/mover.ts"
import { TestBed } from "./TestBed.ts"

const hour = 3_600_000

const keysOf = async (store: ArtifactStore): Promise<ReadonlyArray<string>> =>
  (await Effect.runPromise(Stream.runCollect(store.list()))).map(({ key }) => key).sort()

type Some = Parameters<TestBed["play"]>[0]

const makeBed = (store: ArtifactStore = memoryStore(), options = {}) => {
  const bed = new TestBed()
  const open = (...workflows: ReadonlyArray<Some>) =>
    bed.open({ workflows: workflows as never, artifacts: { store }, ...options })
  return { bed, store, open }
}

/** Whether a run is there, and when it is not, that nothing of it is. */
const isKept = (bed: TestBed, key: number): boolean => {
  if (bed.disk.runs.has(key)) return true
  expect([bed.disk.nodes.get(key), bed.disk.events.get(key), bed.disk.logs.get(key)]).toEqual([
    undefined,
    undefined,
    undefined
  ])
  // Rows of bytes that are still being deleted outlive their run.
  expect(bed.disk.artifacts.list({ run: key, states: ["live", "deleted"] })).toEqual([])
  expect([...bed.disk.permits.rows()].filter(({ run }) => run === key)).toEqual([])
  return false
}

const finished = async (run: RunHandle<unknown>) => (await run.status()).finishedAt!

const good = workflow(
  "good",
  { ttl: { completion: "1 hour", success: "3 hours", failure: "5 hours" } },
  (w) => void w.node("n", task("n", { run: () => 1 }))
)
const bad = workflow(
  "bad",
  { ttl: { completion: "1 hour", failure: "5 hours" } },
  (w) => void w.node("n", task("n", { run: () => Promise.reject(new Error("no")) }))
)
const plain = workflow(
  "plain",
  { ttl: { success: "1 hour" } },
  (w) => void w.node("n", task("n", { run: () => Promise.reject(new Error("no")) }))
)

test("TL-02 The more specific time counts, and Error counts as failure", async () => {
  const { bed, open } = makeBed()
  const pinnace = open(good, bad, plain)
  const at = async (one: Some) => {
    const { run } = await bed.play(one, undefined, pinnace)
    const { deleteAt, phase } = await run.status()
    return [phase, deleteAt === undefined ? 0 : (deleteAt - await finished(run)) / hour]
  }
  expect([await at(good), await at(bad), await at(plain)]).toEqual([["Succeeded", 3], ["Error", 5], ["Error", 0]])
})

test("A run is deleted with everything that belongs to it when its time has come, and not a moment earlier", async () => {
  const { bed, open } = makeBed()
  const pinnace = open(good)
  const { run } = await bed.play(good, undefined, pinnace)
  const { deleteAt, key } = bed.rowOf(run)
  let seen = bed.now
  await bed.until(() => {
    if (bed.disk.runs.has(key)) seen = bed.now
    return !bed.disk.runs.has(key)
  })
  expect([isKept(bed, key), bed.now]).toEqual([false, deleteAt])
  expect(seen).toBeLessThanOrEqual(deleteAt)
})

test("TL-01 A run that is retried is not deleted by its old time; it counts anew from the second end", async () => {
  const { bed, open } = makeBed()
  let isFixed = false
  const slow = workflow("slow", { ttl: "1 hour" }, (w) => {
    const n = w.node("n", task("n", { run: () => isFixed ? 1 : Promise.reject(new Error("no")) }))
    w.suspend("wait", { duration: "2 hours", after: [n] })
  })
  const pinnace = open(slow)
  const { run } = await bed.play(slow, undefined, pinnace)
  isFixed = true
  await bed.settle(run.retry())
  expect((await run.status()).deleteAt).toBeUndefined()
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  const { deleteAt, finishedAt, key } = bed.rowOf(run)
  expect(deleteAt).toBe(finishedAt + hour)
  await bed.until(() => !isKept(bed, key))
  expect(bed.now).toBe(deleteAt)
})

test("A run whose time comes while somebody holds it for a retry that is then refused is deleted when it is given back", async () => {
  const { bed, open } = makeBed()
  const pinnace = open(bad)
  const { run } = await bed.play(bad, undefined, pinnace)
  const { deleteAt, key } = bed.rowOf(run)
  const { journal } = pinnace.engine.host
  expect(answersOf(journal).claim({ run: key })).toHaveLength(1)
  bed.elapse(deleteAt - bed.now + 1)
  const groups = bed.disk.groups
  pinnace.engine.retention.wake()
  await bed.until(() => bed.isIdle)
  expect([bed.disk.runs.has(key), bed.disk.groups]).toEqual([true, groups])
  Effect.runSync(pinnace.engine.giveBack([key]))
  await bed.until(() => !isKept(bed, key))
})

test("A time that passed while no process ran is made up for when the file is opened again", async () => {
  const { bed, open } = makeBed()
  const first = open(good)
  const { run } = await bed.play(good, undefined, first)
  const { key } = bed.rowOf(run)
  bed.crash(first)
  bed.elapse(10 * hour)
  open()
  await bed.until(() => !isKept(bed, key))
})

test("The alarms of a process that dies are taken over by another one that is open", async () => {
  const { bed, open } = makeBed()
  const [first, second] = [open(good), open(good)]
  const { run } = await bed.play(good, undefined, first)
  const { deleteAt, key } = bed.rowOf(run)
  bed.crash(first)
  await bed.until(() => !isKept(bed, key))
  expect(bed.now).toBe(deleteAt)
  expect(await second.list()).toEqual([])
})

test("The workflow's time goes before the engine's, and without either a run is kept", async () => {
  const { bed, open } = makeBed(memoryStore(), { ttl: "1 minute" })
  const silent = workflow("silent", {}, (w) => void w.node("n", task("n", { run: () => 1 })))
  const pinnace = open(good, silent)
  const minutes = async (one: Some) => {
    const { run } = await bed.play(one, undefined, pinnace)
    return ((await run.status()).deleteAt! - await finished(run)) / 60_000
  }
  expect([await minutes(good), await minutes(silent)]).toEqual([180, 1])
  const kept = makeBed()
  expect((await (await kept.bed.play(silent, undefined, kept.open(silent))).run.status()).deleteAt).toBeUndefined()
})

test("keepLast keeps so many runs of each phase, the newest", async () => {
  const { bed, open } = makeBed()
  let fails = false
  const some = workflow(
    "some",
    { ttl: { keepLast: 2 } },
    (w) => void w.node("n", task("n", { run: () => fails ? Promise.reject(new Error("no")) : 1 }))
  )
  const pinnace = open(some)
  for (const [id, isFailing] of [["a", false], ["b", true], ["c", false], ["d", false], ["e", false]] as const) {
    fails = isFailing
    await bed.ended(await bed.settle(pinnace.start(some, undefined, { id })))
    await bed.quiet()
    bed.elapse(10)
  }
  expect((await pinnace.list()).map(({ id }) => id)).toEqual(["e", "d", "b"])
})

// iv: completion and retention of every kind of node and output.
const child = workflow("child", {}, (w) => w.node("n", task("inner", { run: () => 1 })))
const ttl = "2 seconds"
const kinds: ReadonlyArray<readonly [string, Some]> = [
  [
    "typed outputs",
    workflow("k", { ttl, output: Schema.Number }, (w) =>
      w.node(
        "n",
        task("t", { output: Schema.Number, run: () => 7 })
      ))
  ],
  [
    "artifacts",
    workflow("k", { ttl }, (w) =>
      w.node(
        "n",
        task("t", { output: Artifact, run: (_, { artifacts }) => artifacts.putText("a", "a") })
      ))
  ],
  [
    "a skipped node",
    workflow("k", { ttl }, (w) => void w.node("n", task("t", { run: () => 1 }), { when: () => false }))
  ],
  [
    "an omitted node",
    workflow("k", { ttl }, (w) => {
      const n = w.node("n", task("t", { run: () => 1 }), { when: () => false })
      w.node("after", task("u", { input: Schema.Void, run: () => 1 }), { after: [n] })
    })
  ],
  ["a suspended node", workflow("k", { ttl }, (w) => void w.suspend("n", { duration: "1 second" }))],
  ["a nested workflow", workflow("k", { ttl }, (w) => w.node("n", child))],
  ["a map of zero", workflow("k", { ttl }, (w) => void w.map("n", [], task("t", { run: () => 1 }), () => undefined))],
  ["a map", workflow("k", { ttl }, (w) => void w.map("n", [1, 2], task("t", { run: () => 1 }), () => undefined))],
  [
    "exit handlers",
    workflow("k", { ttl }, (w) => {
      w.node("n", task("t", { run: () => 1 }), { onExit: () => {} })
      w.onExit(() => {})
    })
  ],
  ["no nodes", workflow("k", { ttl }, () => {})]
]

test.each(kinds)("iv A run with %s is complete at once and deleted in its time", async (_, one) => {
  const { bed, open, store } = makeBed()
  const { ending, run } = await bed.play(one, undefined, open(one))
  expect(["Succeeded", "Failed"]).toContain(ending.phase)
  const { deleteAt, finishedAt, key } = bed.rowOf(run)
  expect(deleteAt).toBe(finishedAt + 2_000)
  await bed.until(() => !isKept(bed, key))
  await bed.until(() => bed.disk.artifacts.list({}).length === 0)
  expect([bed.now, await keysOf(store)]).toEqual([deleteAt, []])
})

test.each(["stop", "terminate"] as const)("iv A run that ends by %s is deleted in its time", async (how) => {
  const { bed, open } = makeBed()
  const waits = workflow("waits", { ttl }, (w) => void w.suspend("n", { duration: "1 day" }))
  const pinnace = open(waits)
  const run = await bed.settle(pinnace.start(waits))
  await bed.until(async () => (await run.nodes()).length > 0)
  await bed.settle(run[how]())
  await bed.ended(run)
  const { key } = bed.rowOf(run)
  await bed.until(() => !isKept(bed, key))
})

test("TL-03 A process that dies while it deletes leaves whole runs or none, and the next one goes on", async () => {
  for (const when of ["before", "after"] as const) {
    const { bed, open, store } = makeBed()
    const many = workflow(
      "many",
      { ttl },
      (w) => w.node("n", task("t", { output: Artifact, run: (_, { artifacts }) => artifacts.putText("a", "a") }))
    )
    const first = open(many)
    const runs: Array<number> = []
    for (let n = 0; n < 15; n++) runs.push(bed.rowOf((await bed.play(many, undefined, first)).run).key)
    bed.disk.fault = ({ writes }) => writes.some(({ kind }) => kind === "delete") ? { when, what: "kill" } : undefined
    await bed.until(() => bed.isIdle)
    bed.disk.fault = undefined
    bed.crash(first)
    expect(runs.filter((key) => isKept(bed, key)).length).toBe(when === "before" ? 15 : 0)
    open()
    await bed.until(() => runs.every((key) => !isKept(bed, key)) && bed.disk.artifacts.list({}).length === 0)
    expect(await keysOf(store)).toEqual([])
  }
})

/** A store whose deletions fail as often as told. */
const refusing = (times: { left: number; reason: "Unreachable" | "AccessDenied" }) => {
  const inner = memoryStore()
  const store: ArtifactStore = {
    ...inner,
    delete: (keys) => {
      if (times.left-- <= 0) return inner.delete(keys)
      const at = { operation: "delete", store: inner.describe } as const
      return Effect.succeed(
        [...keys].map((key) => ({ key, error: artifactError(times.reason, { ...at, key }, "it said no") }))
      )
    }
  }
  return store
}

const keeper = workflow(
  "keeper",
  { gc: "OnWorkflowCompletion" },
  (w) => w.node("n", task("t", { output: Artifact, run: (_, { artifacts }) => artifacts.putText("a", "a") }))
)

test("iii-5 A passing failure of the store is tried again with growing pauses, also across a crash, until the bytes are gone", async () => {
  const store = refusing({ left: 3, reason: "Unreachable" })
  const { bed, open } = makeBed(store)
  const first = open(keeper)
  const { run } = await bed.play(keeper, undefined, first)
  const { finishedAt } = await run.status()
  await bed.until(async () => (await run.artifacts())[0]?.tries === 2)
  expect(await run.artifacts()).toMatchObject([{ state: "deleting", error: expect.stringContaining("it said no") }])
  bed.crash(first)
  const second = open(keeper)
  await bed.until(async () => (await (await second.get(run.id))!.artifacts())[0]?.state === "deleted")
  expect([await keysOf(store), bed.now - finishedAt!]).toEqual([[], 1_000 + 2_000 + 4_000])
})

test("iii-5 A lasting failure is shown with its reason, blocks nothing else, and is tried again when somebody asks", async () => {
  const times = { left: 1, reason: "AccessDenied" as const }
  const { bed, open, store } = makeBed(refusing(times))
  const pinnace = open(keeper)
  const { run } = await bed.play(keeper, undefined, pinnace)
  await bed.until(async () => (await run.artifacts())[0]?.state === "failed")
  const { run: other } = await bed.play(keeper, undefined, pinnace)
  await bed.until(async () => (await other.artifacts())[0]?.state === "deleted")
  expect((await bed.settle(pinnace.gc())).failures).toMatchObject([{
    name: "a",
    tries: 1,
    error: expect.stringContaining("it said no")
  }])
  await bed.settle(run.delete())
  await bed.settle(pinnace.gc({ retryFailed: true }))
  expect(await keysOf(store)).toEqual([])
})

test("gc() counts what it deletes as it goes, some at a time, and lists the first thousand", async () => {
  const { bed, open, store } = makeBed()
  const save = task("save", {
    run: async (_, { artifacts }) => {
      for (let at = 0; at < 600; at++) await artifacts.putText(`a${at}`, "four")
    }
  })
  const many = workflow("many", { gc: "OnWorkflowDeletion" }, (w) => void w.node("n", save))
  const pinnace = open(many)
  const { run } = await bed.play(many, undefined, pinnace)
  const deleted: Array<number> = []
  bed.disk.fault = ({ writes }) => {
    const some = writes.filter(({ kind }) => kind === "deletion").length
    if (some > 0) deleted.push(some)
    return undefined
  }
  await bed.settle(run.delete())
  const before = await bed.settle(pinnace.gc({ dryRun: true }))
  const collected = await bed.settle(pinnace.gc())
  expect([collected.count, collected.bytes, collected.artifacts.length]).toEqual([
    before.count,
    before.bytes,
    before.artifacts.length
  ])
  expect(await keysOf(store)).toEqual([])
  expect(deleted.reduce((sum, some) => sum + some, 0)).toBe(600)
  expect(Math.max(...deleted)).toBeLessThanOrEqual(250)
})

test("gc({ dryRun }) lists what would go, and deletes nothing", async () => {
  const { bed, open, store } = makeBed(refusing({ left: 1, reason: "AccessDenied" }))
  const pinnace = open(keeper)
  const { run } = await bed.play(keeper, undefined, pinnace)
  await bed.until(async () => (await run.artifacts())[0]?.state === "failed")
  bed.disk.artifacts.write({ kind: "due", artifact: (await run.artifacts())[0]!.artifact })
  expect(await bed.settle(pinnace.gc({ dryRun: true }))).toMatchObject({
    count: 1,
    bytes: 1,
    artifacts: [{ name: "a" }]
  })
  expect(await keysOf(store)).toHaveLength(1)
  await bed.settle(pinnace.gc())
  expect(await keysOf(store)).toEqual([])
})

test("A pinned artifact is kept whatever its strategy says, until it is let go", async () => {
  const { bed, open, store } = makeBed()
  const held = workflow("held", { gc: "OnWorkflowCompletion" }, (w) => {
    const n = w.node("n", task("t", { output: Artifact, run: (_, { artifacts }) => artifacts.putText("a", "a") }))
    w.suspend("wait", { duration: "1 hour", after: [n] })
  })
  const pinnace = open(held)
  const run = await bed.settle(pinnace.start(held))
  await bed.until(async () => (await run.artifacts()).length === 1)
  const { artifact } = (await run.artifacts())[0]!
  expect([await pinnace.pin(artifact), await pinnace.pin("no-such")]).toEqual([true, false])
  await bed.ended(run)
  await bed.settle(pinnace.gc())
  expect(await keysOf(store)).toHaveLength(1)
  await pinnace.pin(artifact, false)
  await bed.until(async () => (await run.artifacts())[0]?.state === "deleted")
  expect(await keysOf(store)).toEqual([])
})

test("A process that dies between deleting bytes and saying so is followed by one that deletes again, harmlessly", async () => {
  const { bed, open, store } = makeBed()
  const first = open(keeper)
  bed.disk.fault = ({ writes }) =>
    writes.some(({ kind }) => kind === "deletion") ? { when: "before", what: "kill" } : undefined
  const { run } = await bed.play(keeper, undefined, first)
  await bed.until(() => bed.isIdle)
  bed.disk.fault = undefined
  bed.crash(first)
  expect(await keysOf(store)).toEqual([])
  const second = open(keeper)
  await bed.until(async () => (await (await second.get(run.id))!.artifacts())[0]?.state === "deleted")
})

test.each(["delete", "deletion"] as const)(
  "Storage that fails while it is told of a %s loses the engine, not the host; another process goes on",
  async (kind) => {
    const { bed, open, store } = makeBed()
    const brief = workflow("brief", { gc: "OnWorkflowDeletion", ttl: "1 minute" }, (w) =>
      w.node(
        "n",
        task("t", { output: Artifact, run: (_, { artifacts }) => artifacts.putText("a", "a") })
      ))
    const first = open(brief)
    const { run } = await bed.play(brief, undefined, first)
    const { key } = bed.rowOf(run)
    bed.disk.fault = ({ writes }) =>
      writes.some((write) => write.kind === kind) ? { when: "before", what: "fail" } : undefined
    await bed.until(() => bed.isIdle)
    expect(first.engine.lost).toMatchObject({ reason: "Io" })
    bed.disk.fault = undefined
    bed.crash(first)
    open(brief)
    await bed.until(() => !isKept(bed, key) && bed.disk.artifacts.list({}).length === 0)
    expect(await keysOf(store)).toEqual([])
  }
)

/** A store that is told from others by its place, as one in a directory is. */
const placed = (describe: string): ArtifactStore => ({
  ...memoryStore(),
  describe,
  location: (key) => ({ kind: "disk", key })
})

test("A process with another store takes no care of what is in the first one, and cannot take its bytes for deleted", async () => {
  const [own, other] = [placed("directory /own"), placed("directory /other")]
  const { bed } = makeBed()
  const first = bed.open({ workflows: [keeper] as never, artifacts: { store: own } })
  const waits = workflow("waits", {}, (w) => void w.suspend("n", { duration: "1 hour" }))
  const run = await bed.settle(first.start(keeper))
  await bed.until(async () => (await run.artifacts()).length === 1)
  bed.crash(first)
  const second = bed.open({ workflows: [keeper, waits] as never, artifacts: { store: other } })
  await bed.play(waits, undefined, second)
  expect(await bed.settle(second.gc({ retryFailed: true }))).toMatchObject({ count: 0, failures: [] })
  expect([await keysOf(own), (await second.artifacts()).map(({ state, store }) => [state, store])]).toEqual([
    [expect.stringContaining(".a")],
    [["due", "directory /own"]]
  ])
  const third = bed.open({ workflows: [keeper] as never, artifacts: { stores: { renamed: own } } })
  await bed.until(async () => (await third.artifacts())[0]?.state === "deleted")
  expect(await keysOf(own)).toEqual([])
})

test("A sweep says what it could not remove", async () => {
  const times = { left: 1, reason: "AccessDenied" as const }
  const { bed, open, store } = makeBed(refusing(times))
  const pinnace = open(keeper)
  // The bytes are put by the machine's clock.
  bed.elapse(Date.now() + 60_000)
  await bed.settle(Effect.runPromise(store.put("pinnace/memory/stray", Stream.succeed(new Uint8Array(3)))))
  expect(await bed.settle(pinnace.sweep({ olderThan: 0 }))).toMatchObject({
    objects: 0,
    failures: [{ key: "pinnace/memory/stray", error: expect.stringContaining("it said no") }]
  })
  expect(await bed.settle(pinnace.sweep({ olderThan: 0 }))).toMatchObject({ objects: 1, bytes: 3, failures: [] })
})
