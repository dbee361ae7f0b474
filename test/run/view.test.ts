import { expect, test } from "vitest"
import { Artifact, Schema, semaphore, task, workflow } from "../../mod.ts"
import { savedRow } from "../../src/run/ArtifactRow.ts"
import { artifactView, placeOf } from "../../src/run/view.ts"
import { memoryStore } from "../../src/store/mod.ts"
// Loaded at once: a simulated process takes its waiting for a file to be loaded as "nothing can happen".
import "../../src/store/mover.ts"
import { TestBed } from "../engine/TestBed.ts"

const add = task("add", { input: Schema.Number, output: Schema.Number, run: (n) => n + 1 })
const work = workflow("work", { input: Schema.Number }, (w) => {
  const first = w.node("first", add, { input: w.input })
  const asked = w.suspend("asked", { output: Schema.Number, after: [first] })
  return w.node("last", add, { input: asked })
})

/** Names of columns, and values that stand for "none". */
const internal = ["key", "run", "epoch", "base", "digest", "inputSeq", "signalSeq", "resultSeq"]
const instants = ["createdAt", "startedAt", "finishedAt", "deleteAt", "until"]

const expectPlain = (view: object): void => {
  for (const [name, value] of Object.entries(view)) {
    expect([name, internal.includes(name)]).toEqual([name, false])
    expect([name, value === null || value === undefined]).toEqual([name, false])
    if (instants.includes(name)) expect([name, new Date(value).getTime() > 0]).toEqual([name, true])
  }
}

test("Runs, nodes and lines are told without what storage needs, and what there is not is absent", async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  const run = await bed.settle(pinnace.start(work, 1))
  const waiting = await bed.settle(run.waitFor("asked", "waiting"))
  const all = async () => [
    ...await pinnace.list(),
    await run.status(),
    ...await run.nodes(),
    ...await run.nodes({ values: true }),
    ...await run.logs()
  ]
  ;(await all()).forEach(expectPlain)
  expectPlain(waiting)
  expect(Object.keys(await run.status()).sort()).toEqual(
    ["createdAt", "cursor", "id", "kind", "labels", "owner", "phase", "priority", "startedAt", "suspended", "workflow"]
  )
  expect(waiting).toEqual({
    path: "asked",
    kind: "suspend",
    phase: "Running",
    attempt: 1,
    reruns: 0,
    waiting: "Signal",
    startedAt: expect.any(Number)
  })
  await bed.settle(run.signal("asked", 2))
  await bed.ended(run)
  ;(await all()).forEach(expectPlain)
  expect((await run.nodes({ values: true })).map(({ input, output }) => [input, output]).at(-1)).toEqual([2, 3])
})

const keeps = workflow("keeps", { gc: "Never" }, (w) => {
  const put = task("put", { output: Artifact, run: (_, { artifacts }) => artifacts.putText("a", "a") })
  return w.node("put", put)
})

test("Artifacts are told by the id of their run, by which they are found also when it was deleted", async () => {
  const bed = new TestBed()
  const pinnace = bed.open({ artifacts: { store: memoryStore() } })
  const { run } = await bed.play(keeps, undefined, pinnace)
  const { run: other } = await bed.play(keeps, undefined, pinnace)
  const [view] = await run.artifacts()
  const { key, run: id, ...rest } = view!
  expectPlain(rest)
  expect([id, key]).toEqual([run.id, expect.stringContaining(`/${run.id}/`)])
  expect(rest).toMatchObject({ path: "put", attempt: 1, state: "live", pinned: false, tries: 0 })
  expect(await pinnace.artifacts()).toEqual([view, ...await other.artifacts()])
  await bed.settle(run.delete())
  expect(await pinnace.artifacts({ run: run.id })).toEqual([view])
  expect([await pinnace.artifacts({ run: run.id, states: ["due"] }), await pinnace.artifacts({ run: "no-such" })])
    .toEqual([[], []])
})

const saved = {
  artifact: "1",
  name: "a",
  kind: "file",
  archive: "none",
  store: "default",
  key: "k",
  size: 1,
  sha256: "",
  mediaType: "text/plain",
  gc: "Never"
} as const

test("Of an artifact whose deletion failed, the reason is told, and the next attempt where there is one", () => {
  const row = { ...savedRow(saved, { run: 7, runId: "r", path: "n", attempt: 1, createdAt: 5 }), tries: 1, error: "no" }
  const known = { ...saved, run: "r", path: "n", attempt: 1, createdAt: 5, state: "failed", pinned: false, tries: 1 }
  expect(artifactView({ ...row, state: "failed" })).toEqual({ ...known, error: "no" })
  expect(artifactView({ ...row, state: "deleting", nextAt: 9 })).toEqual({
    ...known,
    state: "deleting",
    error: "no",
    nextAt: 9
  })
})

test("Of semaphores, holders and who waits, what there is not is absent", async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  const one = semaphore("one", { limit: 1 })
  const waits = workflow("waits", { permits: [one.take()] }, (w) => void w.suspend("door"))
  const runs = [await bed.settle(pinnace.start(waits)), await bed.settle(pinnace.start(waits))]
  await bed.until(async () => (await pinnace.locks())[0]?.queue.length === 1)
  const [view] = await pinnace.locks()
  const permit = { node: "", weight: 1, since: expect.any(Number), process: expect.any(Number) }
  expect(view).toEqual({
    name: "one",
    limit: 1,
    source: expect.any(String),
    held: 1,
    holders: [{ ...permit, run: runs[0]!.id }],
    queue: [{ ...permit, run: runs[1]!.id, reason: expect.any(String) }]
  })
})

test("A cursor is a place in lists, and no id is one", () => {
  expect(placeOf("@1700000000000.4294967297")).toEqual({ createdAt: 1_700_000_000_000, key: 4_294_967_297 })
  for (const text of ["", "@latest", "@1.", "@.1", "@-1.2", "@1.5e3", "work-1", "@1.2 "]) {
    expect(placeOf(text)).toBeUndefined()
  }
})
