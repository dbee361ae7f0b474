/** Results that are reused: R1, R2, R5, R9, R10 and what a hit looks like. */
import { expect, test } from "vitest"
import { Artifact, check, Schema, task, workflow } from "../../mod.ts"
import { memoryStore } from "../../src/store/memory.ts"
import { phases, TestBed } from "./TestBed.ts"

const counted = (cache: boolean | object = true) => {
  const calls: Array<number> = []
  const square = task("square", {
    input: Schema.Number,
    output: Schema.Number,
    cache,
    run: (n) => {
      calls.push(n)
      return n * n
    }
  })
  const flow = workflow("flow", { input: Schema.Number }, (w) => {
    const first = w.node("first", square, { input: w.input })
    return w.node("second", square, { input: first })
  })
  return { calls, square, flow }
}

test("R1, R9 A second run with the same input reuses every result, each in one event", async () => {
  const { calls, flow } = counted({ version: 1 })
  const { bed, pinnace, run } = await new TestBed().play(flow, 3)
  const again = await bed.settle(pinnace.start(flow, 3))
  const ending = await bed.ended(again)
  expect(ending).toMatchObject({ phase: "Succeeded", output: 81 })
  expect(calls).toEqual([3, 9])
  const told = bed.events(again).filter((event) => "path" in event)
  expect(told.map(({ type }) => type)).toEqual(["NodeFinished", "NodeFinished"])
  expect(told[0]).toMatchObject({ path: "first", from: run.id, reused: { path: "first" }, input: 3 })
  expect(await phases(again)).toEqual({ first: "Succeeded", second: "Succeeded" })
})

test("R4 Another input, another version and another dependency are other keys; the name of a node is not", async () => {
  const one = counted({ version: 1 })
  const { bed, pinnace } = await new TestBed().play(one.flow, 3)
  await bed.play(one.flow, 4, pinnace)
  expect(one.calls).toEqual([3, 9, 4, 16])
  const two = counted({ version: 2, name: "square" })
  await bed.play(
    workflow("two", { input: Schema.Number }, (w) => w.node("x", two.square, { input: w.input })),
    3,
    pinnace
  )
  expect(two.calls).toEqual([3])
  const same = counted({ version: 1 })
  await bed.play(
    workflow("three", { input: Schema.Number }, (w) => w.node("x", same.square, { input: w.input })),
    9,
    pinnace
  )
  expect(same.calls).toEqual([])
})

test("R5 Closures that cannot be told apart are not reused, unless they say what they close over", async () => {
  const scale = (factor: number, dependsOn?: object) =>
    task("scale", {
      input: Schema.Number,
      cache: dependsOn === undefined ? true : { dependsOn },
      run: (n) => n * factor
    })
  const both = (a: ReturnType<typeof scale>, b: ReturnType<typeof scale>) =>
    workflow("both", {}, (w) => ({ a: w.node("a", a, { input: 1 }), b: w.node("b", b, { input: 1 }) }))
  const issues = check(both(scale(2), scale(3)))
  expect(issues.map(({ code, message }) => `${code}: ${message}`)).toContain(
    'cache-ambiguous: Two tasks named "scale" have different functions in the same files'
  )
  const bed = new TestBed()
  const pinnace = bed.open()
  const told = (factor: number) => scale(factor, { values: { factor } })
  const flow = both(told(2), told(3))
  await bed.play(flow, undefined, pinnace)
  const { ending: again, run } = await bed.play(flow, undefined, pinnace)
  expect(again.output).toEqual({ a: 2, b: 3 })
  expect(bed.events(run, "NodeStarted")).toEqual([])
})

test("R10 Without reuse a run has the events of one without the feature", async () => {
  const types = async (cache: boolean | object, mode: "off" | "use") => {
    const bed = new TestBed()
    const { flow } = counted(cache)
    const pinnace = bed.open({ cache: { default: mode } })
    await bed.play(flow, 3, pinnace)
    const { run } = await bed.play(flow, 3, pinnace)
    return bed.events(run).map((event) => JSON.stringify(event)).join("\n").replaceAll(/"owner":\d+/g, "")
  }
  expect(await types({ version: 1 }, "off")).toBe(await types(false, "use"))
})

test("Failures are not remembered, and a result older than its ttl is computed again", async () => {
  let calls = 0
  const flaky = task("flaky", {
    cache: { version: 1, ttl: "1 minute" },
    run: () => {
      if (++calls === 1) throw new Error("no")
      return calls
    }
  })
  const flow = workflow("flow", {}, (w) => w.node("flaky", flaky))
  const { bed, ending, pinnace } = await new TestBed().play(flow)
  expect(ending.phase).toBe("Error")
  expect((await bed.play(flow, undefined, pinnace)).ending.output).toBe(2)
  expect((await bed.play(flow, undefined, pinnace)).ending.output).toBe(2)
  bed.elapse(60_000)
  expect((await bed.play(flow, undefined, pinnace)).ending.output).toBe(3)
})

test.each<["use" | "refresh" | "read" | "off", ReadonlyArray<number>]>([
  ["use", [3, 9]],
  ["refresh", [3, 9, 3, 9]],
  ["read", [3, 9]],
  ["off", [3, 9, 3, 9]]
])("A run that is started with cache: %s", async (cache, worked) => {
  const { calls, flow } = counted({ version: 1 })
  const { bed, pinnace } = await new TestBed().play(flow, 3)
  await bed.ended(await bed.settle(pinnace.start(flow, 3, { cache })))
  expect(calls).toEqual(worked)
})

/** Works until it is let go on. */
const gated = () => {
  let working = 0
  let most = 0
  const open: Array<() => void> = []
  const slow = task("slow", {
    input: Schema.Number,
    output: Schema.Number,
    cache: { version: 1 },
    run: async (n) => {
      most = Math.max(most, ++working)
      await new Promise<void>((resolve) => open.push(resolve))
      working--
      return n
    }
  })
  const flow = workflow("flow", { input: Schema.Number }, (w) => w.node("slow", slow, { input: w.input }))
  return { flow, open, most: () => most }
}

test("R3 Two processes that want the same compute it once, and why names who does", async () => {
  const { flow, most, open } = gated()
  const bed = new TestBed()
  const [a, b] = [bed.open({ workflows: [flow] }), bed.open({ workflows: [flow] })]
  const first = await bed.settle(a.start(flow, 1, { id: "first" }))
  await bed.until(() => open.length === 1)
  const others = [await bed.settle(a.start(flow, 1)), await bed.settle(b.start(flow, 1))]
  await bed.quiet()
  for (const other of others) {
    expect((await other.why("slow"))[0]!.because).toContain("first slow, which computes the same")
  }
  expect(bed.disk.semaphores()).toEqual([])
  open[0]!()
  for (const run of [first, ...others]) expect(await bed.ended(run)).toMatchObject({ output: 1 })
  expect([open.length, most()]).toEqual([1, 1])
  expect(others.map((run) => bed.events(run, "NodeFinished")[0]!.from)).toEqual(["first", "first"])
  expect(bed.disk.permits.list(undefined)).toEqual([])
})

test("R3 When who computes it dies or fails, the next one does", async () => {
  const { flow, most, open } = gated()
  const bed = new TestBed()
  const [a, b] = [bed.open({ workflows: [flow] }), bed.open()]
  await bed.settle(a.start(flow, 1, { id: "first" }))
  await bed.until(() => open.length === 1)
  const other = await bed.settle(b.start(flow, 1))
  await bed.quiet()
  bed.crash(a)
  await bed.until(() => open.length === 2)
  open[1]!()
  expect(await bed.ended(other)).toMatchObject({ output: 1 })
  expect(most()).toBe(2)
})

test("R10 Nothing of the feature is in a run of tasks without cache", async () => {
  const { flow } = counted(false)
  const { bed } = await new TestBed().play(flow, 3)
  expect(bed.disk.memos.size).toBe(0)
  expect(bed.disk.permits.list(undefined)).toEqual([])
})

test("R7, R8 What an entry has handles of is kept as long as it, and a hit never gives a dead handle", async () => {
  let calls = 0
  const write = task("write", {
    output: Artifact,
    cache: { version: 1 },
    run: (_, { artifacts }) => artifacts.putText("a.txt", `text ${++calls}`)
  })
  const flow = workflow("flow", {}, (w) => w.node("write", write))
  const bed = new TestBed()
  const pinnace = bed.open({ artifacts: { store: memoryStore() } })
  const first = await bed.play(flow, undefined, pinnace)
  await bed.settle(first.run.delete())
  expect(await bed.settle(pinnace.gc())).toMatchObject({ count: 0 })
  const { ending, run } = await bed.play(flow, undefined, pinnace)
  expect(calls).toBe(1)
  expect(bed.disk.artifacts.get((ending.output as unknown as Artifact).artifact)?.state).toBe("due")
  await bed.settle(run.delete())
  await bed.settle(pinnace.forget())
  expect(await bed.settle(pinnace.gc())).toMatchObject({ count: 1 })
  await bed.play(flow, undefined, pinnace)
  expect(calls).toBe(2)
})

test("R11 No more is remembered than was allowed, and what is used stays", async () => {
  const calls: Array<number> = []
  const square = task("square", {
    input: Schema.Number,
    output: Schema.Number,
    cache: { version: 1 },
    run: (n) => {
      calls.push(n)
      return n * n
    }
  })
  const flow = workflow("many", { input: Schema.Array(Schema.Number) }, (w) => w.map("all", w.input, square, (n) => n))
  const bed = new TestBed()
  const pinnace = bed.open({ cache: { maxEntries: 50 } })
  const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n)
  await bed.play(flow, upTo(0, 10), pinnace)
  bed.elapse(100_000)
  await bed.play(flow, upTo(10, 95), pinnace)
  bed.elapse(100_000)
  await bed.play(flow, upTo(0, 10), pinnace)
  expect(calls.length).toBe(95)
  await bed.play(flow, upTo(95, 105), pinnace)
  expect(bed.disk.memos.size).toBeLessThanOrEqual(150)
  await bed.play(flow, upTo(0, 10), pinnace)
  expect(calls.length).toBe(105)
})

test("R12 A miss is explained by the parts that differ from the nearest result", async () => {
  const { flow } = counted({ version: 1, dependsOn: { values: { stage: "a" } } })
  const { bed, pinnace, run: first } = await new TestBed().play(flow, 3)
  expect((await bed.settle(pinnace.explain(first.id)))[0]).toMatchObject({
    because: "was computed: no earlier result"
  })
  const { run } = await bed.play(flow, 4, pinnace)
  const [missed] = await bed.settle(pinnace.explain(run.id, "first"))
  expect(missed).toMatchObject({
    name: "square",
    because: `was computed: no result has this key, input differs from ${first.id} first`
  })
  expect(missed!.parts.map(({ part, same }) => [part, same]).slice(0, 2)).toEqual([["input", false], ["name", true]])
  const { run: hit } = await bed.play(flow, 4, pinnace)
  expect((await bed.settle(pinnace.explain(hit.id, "first")))[0]).toMatchObject({
    reused: { run: run.id, path: "first" }
  })
  expect(await bed.settle(pinnace.remembered())).toMatchObject([{ name: "square", entries: 4, uses: 2 }])
  expect(await bed.settle(pinnace.forget({ name: "square" }))).toMatchObject({ results: 4 })
  expect(await bed.settle(pinnace.remembered())).toEqual([])
})

test("What is forgotten can be counted first, and is one result by the beginning of its key; the list says how long they are reused", async () => {
  const { flow } = counted({ ttl: "30 days" })
  const { bed, pinnace, run } = await new TestBed().play(flow, 3)
  expect(await bed.settle(pinnace.remembered())).toMatchObject([{ entries: 2, ttl: 30 * 86_400_000 }])
  expect(await bed.settle(pinnace.forget({ dryRun: true }))).toMatchObject({ results: 2 })
  const [told] = await bed.settle(pinnace.explain(run.id, "first"))
  const key = told!.key!
  expect(await bed.settle(pinnace.forget({ key: key.slice(0, 7) }))).toMatchObject({ results: 0 })
  expect(await bed.settle(pinnace.forget({ key: key.slice(0, 12), dryRun: true }))).toMatchObject({ results: 1 })
  const codes = () => [...bed.disk.definitions.keys()].filter((it) => it.startsWith("code:"))
  expect(await bed.settle(pinnace.forget({ key: key.slice(0, 12) }))).toMatchObject({ results: 1 })
  expect(codes()).toHaveLength(1)
  expect(await bed.settle(pinnace.forget({}))).toMatchObject({ results: 1 })
  expect(codes()).toEqual([])
  // What was forgotten is told of again once something is remembered again.
  await bed.play(flow, 3, pinnace)
  expect(codes()).toHaveLength(1)
})

test("R5 A task that says what tells it from others makes none of them ambiguous", () => {
  const named = (cache: object | true) => task("told", { cache, run: () => 1 })
  named({ version: 1 })
  named({ dependsOn: { values: { a: 1 } } })
  expect(check(workflow("w", {}, (w) => w.node("told", named(true))))).toEqual([])
})

test("A retry computes what it does again, unless it says that results are reused", async () => {
  const calls: Array<number> = []
  let fails = true
  const square = task("squared", {
    input: Schema.Number,
    output: Schema.Number,
    cache: { version: 1 },
    run: (n) => {
      calls.push(n)
      return n * n
    }
  })
  const last = task("last", { input: Schema.Number, run: () => fails ? Promise.reject(new Error("no")) : undefined })
  const flow = workflow("flow", { input: Schema.Number }, (w) => {
    w.node("last", last, { input: w.node("squared", square, { input: w.input }) })
  })
  const { bed, run } = await new TestBed().play(flow, 3)
  const again = async (cache?: "off" | "use") => {
    const options = { nodes: ["squared"], restartSuccessful: true }
    await bed.settle(run.retry(cache === undefined ? options : { ...options, cache }))
    return await bed.ended(run)
  }
  await again()
  expect(calls).toEqual([3, 3])
  await again("use")
  expect(calls).toEqual([3, 3])
  fails = false
  expect((await again("off")).phase).toBe("Succeeded")
  expect(calls).toEqual([3, 3, 3])
  expect((await bed.settle(run.status())).labels).toMatchObject({ "pinnace/cache": "off" })
})

test("What is forgotten is told with the artifacts that only it kept, and as many results stay as were asked for", async () => {
  const write = task("write", {
    input: Schema.Number,
    output: Artifact,
    cache: { version: 1 },
    run: (n, { artifacts }) => artifacts.putText("a.txt", "x".repeat(n))
  })
  const copy = task("copy", { input: Artifact, output: Artifact, cache: { version: 1 }, run: (given) => given })
  const flow = workflow(
    "flow",
    { input: Schema.Number },
    (w) => w.node("copy", copy, { input: w.node("write", write, { input: w.input }) })
  )
  const bed = new TestBed()
  const pinnace = bed.open({ artifacts: { store: memoryStore() } })
  for (const n of [10, 200, 3000]) {
    const { run } = await bed.play(flow, n, pinnace)
    if (n !== 200) await bed.settle(run.delete())
    bed.elapse(1000)
  }
  expect((await bed.settle(pinnace.remembered())).map(({ artifacts, name }) => [name, artifacts])).toEqual([
    ["copy", { count: 3, bytes: 3210 }],
    ["write", { count: 3, bytes: 3210 }]
  ])
  // Each is kept by two results, and one of them by its run.
  const none = { count: 0, bytes: 0 }
  expect(await bed.settle(pinnace.forget({ name: "copy", dryRun: true }))).toMatchObject({
    results: 3,
    artifacts: none
  })
  expect(await bed.settle(pinnace.forget({ dryRun: true }))).toMatchObject({
    results: 6,
    artifacts: { count: 2, bytes: 3010 }
  })
  // What was used last stays.
  const { bytes } = await bed.settle(pinnace.forget({ keep: 2, dryRun: true }))
  expect(await bed.settle(pinnace.forget({ keep: 2 }))).toEqual({
    results: 4,
    bytes,
    artifacts: { count: 1, bytes: 10 }
  })
  expect(await bed.settle(pinnace.gc({ dryRun: true }))).toMatchObject({ count: 1, bytes: 10 })
  expect(await bed.settle(pinnace.forget({ keepBytes: bytes }))).toMatchObject({ results: 0 })
  expect(await bed.settle(pinnace.forget({ keepBytes: 0 }))).toMatchObject({ results: 2, artifacts: { bytes: 3000 } })
  expect(await bed.settle(pinnace.remembered())).toEqual([])
})

test("Many results are forgotten and counted in pieces, between which others have their turn", async () => {
  const square = task("square", {
    input: Schema.Number,
    output: Schema.Number,
    cache: { version: 1 },
    run: (n) => n * n
  })
  const flow = workflow("many", { input: Schema.Array(Schema.Number) }, (w) => w.map("all", w.input, square, (n) => n))
  const bed = new TestBed()
  const { pinnace } = await bed.play(flow, Array.from({ length: 700 }, (_, n) => n))
  expect(await bed.settle(pinnace.remembered())).toMatchObject([{ name: "square", entries: 700 }])
  const pieces: Array<number> = []
  bed.disk.fault = ({ writes }) => {
    const forgotten = writes.filter(({ kind }) => kind === "forget").length
    if (forgotten > 0) pieces.push(forgotten)
    return undefined
  }
  expect(await bed.settle(pinnace.forget({ keep: 100 }))).toMatchObject({ results: 600 })
  expect(pieces).toEqual([500, 100])
  expect(await bed.settle(pinnace.remembered())).toMatchObject([{ name: "square", entries: 100 }])
  expect(await bed.settle(pinnace.forget({ name: "square" }))).toMatchObject({ results: 100 })
  expect(bed.disk.memos.size).toBe(0)
})
