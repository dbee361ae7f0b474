import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { Schema, task, workflow } from "../../mod.ts"
import type { Task, TaskContext, Workflow } from "../../mod.ts"
import { nodeOf, phases, TestBed } from "./TestBed.ts"

/** Counts how many bodies are open at once. */
class Gauge {
  most = 0
  #open = 0

  readonly task = (name: string) =>
    task(name, {
      run: () =>
        Effect.acquireUseRelease(
          Effect.sync(() => void (this.most = Math.max(this.most, ++this.#open))),
          () => Effect.sleep("1 second"),
          () => Effect.sync(() => void this.#open--)
        )
    })
}

const alone = (body: Task<void, unknown, unknown>) =>
  workflow("alone", {}, (w) => w.node("only", body as Task<void, unknown, never>))

const wide = (gauge: Gauge, options: { readonly parallelism?: number } = {}, size = 6) =>
  workflow("wide", options, (w) => {
    for (let index = 0; index < size; index++) w.node(`n${index}`, gauge.task("count"))
  })

test("A workflow's parallelism bounds its open nodes", async () => {
  const gauge = new Gauge()
  const bed = new TestBed()
  const begin = bed.now
  await bed.play(wide(gauge, { parallelism: 2 }))
  expect(gauge.most).toBe(2)
  expect(bed.now - begin).toBe(3_000)
})

test("The engine's parallelism bounds attempts over all its runs", async () => {
  const gauge = new Gauge()
  const bed = new TestBed()
  const pinnace = bed.open({ parallelism: 3 })
  const one = wide(gauge)
  const begin = bed.now
  const runs = await Promise.all([1, 2].map(() => bed.settle(pinnace.start(one))))
  for (const run of runs) await bed.ended(run)
  expect(gauge.most).toBe(3)
  expect(bed.now - begin).toBe(4_000)
})

test("A free slot goes to the run of the highest priority, and among equals to the one that came first", async () => {
  const bed = new TestBed()
  const order: Array<string> = []
  const note = task("note", {
    input: Schema.String,
    run: (name) => Effect.andThen(Effect.sync(() => void order.push(name)), Effect.sleep("1 second"))
  })
  const one = workflow("one", { input: Schema.String }, (w) => void w.node("note", note, { input: w.input }))
  const pinnace = bed.open({ parallelism: 1 })
  const asked = [["holder", 0], ["low 1", 0], ["high 1", 5], ["low 2", 0], ["high 2", 5]] as const
  const runs = []
  for (const [name, priority] of asked) runs.push(await bed.settle(pinnace.start(one, name, { priority })))
  for (const run of runs) await bed.ended(run)
  expect(order).toEqual(["holder", "high 1", "high 2", "low 1", "low 2"])
})

test("With one slot, composites that wait for their children do not hold it: no deadlock", async () => {
  const gauge = new Gauge()
  const bed = new TestBed()
  const child = gauge.task("child")
  const parent = task("parent", {
    run: (_: void, { effect }: TaskContext) =>
      Effect.all([effect("a", child), effect("b", child)], { concurrency: "unbounded" })
  })
  const inner = workflow("inner", {}, (w) => void w.map("m", [1, 2], parent, () => undefined))
  const { ending } = await bed.play(
    workflow("deep", {}, (w) => void w.node("inner", inner)),
    undefined,
    bed.open({ parallelism: 1 })
  )
  expect(ending.phase).toBe("Succeeded")
  expect(gauge.most).toBe(1)
})

test("A node that waits for its next attempt holds no slot", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const flaky = task("flaky", {
    retry: { limit: 1, backoff: "1 hour" },
    run: (_: void, { attempt }) => attempt === 1 ? Effect.die("again") : Effect.void
  })
  const quick = task("quick", { run: () => 1 })
  const both = workflow("both", {}, (w) => {
    w.node("flaky", flaky)
    w.node("quick", quick)
  })
  const { run } = await bed.play(both, undefined, bed.open({ parallelism: 1 }))
  expect((await nodeOf(run, "quick")).finishedAt - begin).toBeLessThan(1_000)
})

test("An input and an output above limits.payload are refused with their size and what to do", async () => {
  const bed = new TestBed()
  const text = task("text", { input: Schema.Number, output: Schema.String, run: (n) => "x".repeat(n) })
  const length = task("length", { input: Schema.String, run: (given) => given.length })
  const one = workflow("big", {}, (w) => {
    w.node("output of one", text, { input: 200 })
    const big = w.node("fits", text, { input: 60 })
    w.node("input of one", length, { needs: { big }, input: ({ big }) => big + big })
  })
  const { run } = await bed.play(one, undefined, bed.open({ limits: { payload: 100 } }))
  for (const what of ["output", "input"]) {
    const node = await nodeOf(run, `${what} of one`)
    expect(node).toMatchObject({ phase: "Error", reason: "LimitExceeded" })
    expect(node.message).toMatch(
      new RegExp(`^The ${what} has \\d+ .*limit is 100.*raise limits.payload`)
    )
  }
})

test("The input of a run and the value of a signal are bounded by limits.payload too", async () => {
  const bed = new TestBed()
  const pinnace = bed.open({ limits: { payload: 100 } })
  const one = workflow("asks", { input: Schema.String }, (w) => w.suspend("answer", { output: Schema.String }))
  const refused = await bed.rejection(pinnace.start(one, "x".repeat(200)))
  expect(refused).toMatchObject({ _tag: "InvalidInput", message: expect.stringContaining("100") })
  const run = await bed.settle(pinnace.start(one, "short"))
  await bed.until(async () => nodeOfOrNothing(await run.nodes(), "answer") === "Signal")
  const unsent = await bed.rejection(run.signal("answer", "x".repeat(200)))
  expect(unsent).toMatchObject({ _tag: "Refused", message: expect.stringContaining("100") })
  await bed.settle(run.signal("answer", "yes"))
  expect((await bed.ended(run)).phase).toBe("Succeeded")
})

const nodeOfOrNothing = (
  nodes: ReadonlyArray<{ readonly path: string; readonly waiting?: string }>,
  path: string
) => nodes.find((node) => node.path === path)?.waiting

test("limits.payload counts bytes, not characters", async () => {
  const bed = new TestBed()
  const text = task("text", { output: Schema.String, run: () => "é".repeat(60) })
  const { ending } = await bed.play(alone(text), undefined, bed.open({ limits: { payload: 100 } }))
  expect(ending.message).toContain("has 122 bytes as JSON")
})

test("Messages of errors, stacks, stops and notes of progress are cut at their bounds; each attempt keeps little", async () => {
  const bed = new TestBed()
  const pinnace = bed.open({ limits: { message: 200, note: 60 } })
  const loud = task("loud", {
    retry: { limit: 3 },
    run: (_: void, { attempt, progress }) => {
      progress(1, 2, "n".repeat(1_000_000))
      throw new Error(`${attempt} ${"x".repeat(1_000_000)}`)
    }
  })
  const { run } = await bed.play(alone(loud), undefined, pinnace)
  expect(Math.max(...bed.events(run).map((event) => JSON.stringify(event).length))).toBeLessThan(2_000)
  expect((await nodeOf(run, "only")).message).toMatch(/^4 x+… \(9\d+ more bytes dropped\); .*4.*$/)
  const waits = await bed.settle(pinnace.start(workflow("waits", {}, (w) => w.suspend("answer"))))
  await bed.settle(waits.stop("y".repeat(1_000_000)))
  expect((await bed.ended(waits)).message?.length).toBeLessThan(300)
})

test("The data of a declared error is bounded by limits.payload", async () => {
  class Big extends Schema.TaggedError<Big>()("Big", { text: Schema.String }) {}
  const bed = new TestBed()
  const fails = task("fails", { errors: [Big], run: () => Effect.fail(new Big({ text: "x".repeat(200) })) })
  const { run } = await bed.play(alone(fails), undefined, bed.open({ limits: { payload: 100 } }))
  expect(await nodeOf(run, "only")).toMatchObject({ phase: "Error", reason: "LimitExceeded" })
  expect((await nodeOf(run, "only")).message).toContain("The error has")
})

test("The output of a workflow is bounded by limits.payload", async () => {
  const bed = new TestBed()
  const text = task("text", { run: () => "x".repeat(60) })
  const one = workflow("big", {}, (w) => ({ a: w.node("a", text), b: w.node("b", text) }))
  const { ending } = await bed.play(one, undefined, bed.open({ limits: { payload: 100 } }))
  expect(ending).toMatchObject({ phase: "Error", reason: "LimitExceeded" })
})

test("Recursion ends at limits.depth with an error that says how deep", async () => {
  const bed = new TestBed()
  const deeper: Task<void, unknown> = task("deeper", {
    output: Schema.Unknown,
    run: (_: void, { call }: TaskContext) => call("deeper", deeper)
  })
  const one = workflow("deep", {}, (w) => void w.node("deeper", deeper))
  const { ending, run } = await bed.play(one, undefined, bed.open({ limits: { depth: 5 } }))
  expect(ending.phase).toBe("Error")
  const last = await nodeOf(run, "deeper/deeper/deeper/deeper/deeper/deeper")
  expect(last).toMatchObject({
    phase: "Error",
    reason: "LimitExceeded",
    message: expect.stringContaining("the limit is 5")
  })
  expect(await run.nodes()).toHaveLength(6)
})

test("Nodes beyond limits.nodes end in Error and say so; those within run", async () => {
  const bed = new TestBed()
  const n = task("n", { input: Schema.Number, run: (given) => given })
  const one: Workflow<void, unknown> = workflow(
    "many",
    {},
    (w) => w.map("m", [0, 1, 2, 3, 4], n, (given) => given, { concurrency: 1 })
  )
  const { run } = await bed.play(one, undefined, bed.open({ limits: { nodes: 4 } }))
  expect(await phases(run)).toEqual({
    m: "Error",
    "m[0]": "Succeeded",
    "m[1]": "Succeeded",
    "m[2]": "Succeeded",
    "m[3]": "Error",
    "m[4]": "Error"
  })
  expect(await nodeOf(run, "m[3]")).toMatchObject({
    reason: "LimitExceeded",
    message: expect.stringContaining("4 nodes")
  })
})
