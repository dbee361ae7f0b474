import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { and, not, RunFailed, Schema, task, workflow } from "../../mod.ts"
import type { Task, TaskContext, Workflow } from "../../mod.ts"
import { nodeOf, TestBed } from "./TestBed.ts"

class Refusal extends Schema.TaggedError<Refusal>()("Refusal", { code: Schema.Number, at: Schema.Date }) {}
class Surprise extends Schema.TaggedError<Surprise>()("Surprise", {}) {}

const refusal = new Refusal({ code: 42, at: new Date(7) })

const play = (one: Workflow<void, unknown, unknown>, bed = new TestBed()) => bed.play(one)

const alone = (only: Task<void, unknown, unknown>) => workflow("alone", {}, (w) => w.node("only", only))

test("A body may return a value, a Promise or an Effect", async () => {
  const value = task("value", { run: () => 1 })
  const promise = task("promise", { run: async () => 2 })
  const effect = task("effect", { run: () => Effect.as(Effect.sleep("1 hour"), 3) })
  const all = workflow("all", {}, (w) => ({ a: w.node("a", value), b: w.node("b", promise), c: w.node("c", effect) }))
  const { run, bed } = await play(all)
  expect(await bed.settle(run.result())).toEqual({ a: 1, b: 2, c: 3 })
})

test("A body without a result gives null to its readers", async () => {
  const { run } = await play(alone(task("only", { run: () => {} })))
  expect(await nodeOf(run, "only")).toMatchObject({ phase: "Succeeded", output: null })
})

const ways: ReadonlyArray<readonly [string, (error: unknown) => never]> = [
  ["thrown", (error) => {
    throw error
  }],
  ["rejected with", (error) => Promise.reject(error) as never],
  ["failed with as an Effect", (error) => Effect.fail(error) as never]
]

for (const [how, fail] of ways) {
  test(`A declared error that is ${how} makes the node Failed and reaches the caller as its class`, async () => {
    const { run, ending, bed } = await play(alone(task("only", { errors: [Refusal], run: () => fail(refusal) })))
    expect(await nodeOf(run, "only")).toMatchObject({ phase: "Failed", reason: "TaskFailed" })
    expect(ending).toMatchObject({ phase: "Failed", reason: "ChildFailed", cause: "only", error: { tag: "Refusal" } })
    const error = await bed.rejection(run.result())
    expect(error).toBeInstanceOf(Refusal)
    expect(error).toMatchObject({ code: 42, at: new Date(7) })
  })

  test(`An error that is not declared and ${how} is a defect: the node ends in Error`, async () => {
    const { run, ending, bed } = await play(alone(task("only", { errors: [Refusal], run: () => fail(new Surprise()) })))
    expect(await nodeOf(run, "only")).toMatchObject({ phase: "Error", reason: "Defect" })
    expect(ending).toMatchObject({ phase: "Error", reason: "ChildErrored", cause: "only" })
    const error = await bed.rejection(run.result())
    expect(error).toBeInstanceOf(RunFailed)
    expect(error).toMatchObject({ run: run.id, node: "only", phase: "Error" })
  })

  test(`A plain Error that is ${how} is a defect whose message is kept`, async () => {
    const { run } = await play(alone(task("only", { run: () => fail(new TypeError("no such thing")) })))
    const node = await nodeOf(run, "only")
    expect(node).toMatchObject({ phase: "Error", reason: "Defect" })
    expect(node.message).toContain("no such thing")
  })
}

test("An Effect that dies ends in Error", async () => {
  const { run } = await play(alone(task("only", { run: () => Effect.die(new Error("broken")) })))
  expect(await nodeOf(run, "only")).toMatchObject({
    phase: "Error",
    reason: "Defect",
    message: expect.stringContaining("broken")
  })
})

test("An Effect that interrupts itself ends in Error, not in silence", async () => {
  const { run } = await play(alone(task("only", { run: () => Effect.interrupt })))
  expect(await nodeOf(run, "only")).toMatchObject({ phase: "Error", reason: "Defect" })
})

test("An output that does not match its schema ends in Error", async () => {
  const { run } = await play(alone(task("only", { output: Schema.Number, run: (() => "five") as () => never })))
  expect(await nodeOf(run, "only")).toMatchObject({
    phase: "Error",
    reason: "BadOutput",
    message: expect.stringMatching(/^The output does not match its schema: Expected number/)
  })
})

test("An output without a schema has to be plain JSON", async () => {
  const { run } = await play(alone(task("only", { run: () => ({ at: 1n as unknown }) })))
  expect(await nodeOf(run, "only")).toMatchObject({ phase: "Error", reason: "BadOutput" })
})

test("A mapping that throws ends its node in Error and runs no body", async () => {
  let ran = 0
  const body = task("body", { input: Schema.Number, run: () => void ran++ })
  const broken = workflow("broken", {}, (w) =>
    w.node("only", body, {
      input: () => {
        throw new Error("no mapping")
      }
    }))
  const { run } = await play(broken)
  expect(await nodeOf(run, "only")).toMatchObject({
    phase: "Error",
    reason: "BadInput",
    message: expect.stringContaining("no mapping")
  })
  expect(ran).toBe(0)
})

test("An input that does not match its schema ends its node in Error", async () => {
  const body = task("body", { input: Schema.Number, run: () => 1 })
  const { run } = await play(workflow("broken", {}, (w) => w.node("only", body, { input: () => "one" as never })))
  expect(await nodeOf(run, "only")).toMatchObject({ phase: "Error", reason: "BadInput" })
  expect((await nodeOf(run, "only")).message).toMatch(/^The input does not match its schema: Expected number/)
})

test("A failure that passes through composites names its node once, and brackets do not nest", async () => {
  const fails = task("fails", { retry: { limit: 1 }, run: () => Promise.reject(new Error("no")) })
  const inner = workflow("inner", {}, (w) => void w.node("deep", fails))
  const { ending } = await play(workflow("outer", {}, (w) => void w.map("each", [1], inner, () => undefined)))
  expect(ending.message).toBe('node "each[0]/deep" Error: no; no more retries left (limit 1, attempt 2)')
})

test("A node that does not run tells the condition that does not hold, or the nodes it needs", async () => {
  const fails = task("fails", { run: () => Promise.reject(new Error("no")) })
  const { run } = await play(workflow("asks", {}, (w) => {
    const [a, b] = [w.node("a", fails), w.node("b", task("b", { run: () => 1 }))]
    w.node("asked", fails, { depends: and(a.succeeded, not(b.failed)) })
    w.node("plain", fails, { after: [a, b] })
  }))
  expect((await nodeOf(run, "asked")).message).toBe("Its condition does not hold: (a.succeeded && !(b.failed))")
  expect((await nodeOf(run, "plain")).message).toBe('It needs nodes that did not succeed: "a" ended Error')
})

test("A body is told its run, its node and its attempt", async () => {
  const seen: Array<readonly [string, string, number]> = []
  const body = {
    retry: { limit: 2 },
    run: (_: void, { run, node, attempt }: TaskContext) => {
      seen.push([run, node, attempt])
      if (attempt < 3) throw new Error("again")
    }
  }
  const inner = workflow("inner", {}, (w) => w.node("leaf", task("leaf", body)))
  const { run } = await play(workflow("outer", {}, (w) => w.node("sub", inner)))
  expect(seen).toEqual([[run.id, "sub/leaf", 1], [run.id, "sub/leaf", 2], [run.id, "sub/leaf", 3]])
})

test("The deadline is the instant at which the attempt times out, and missing without a timeout", async () => {
  const seen: Array<number | undefined> = []
  const bed = new TestBed()
  const look = (_: void, { deadline }: TaskContext) => void seen.push(deadline)
  const begin = bed.now
  await play(
    workflow("times", {}, (w) => {
      const first = w.node("first", task("first", { run: look }))
      const second = w.node("second", task("second", { timeout: "30 seconds", run: look }), { after: [first] })
      const third = { timeout: { attempt: "30 seconds", total: "10 seconds" }, run: look } as const
      w.node("third", task("third", third), { after: [second] })
    }),
    bed
  )
  expect(seen).toEqual([undefined, begin + 30_000, begin + 10_000])
})

test("Progress is on the node's row while it runs, and is recorded as an event", async () => {
  const bed = new TestBed()
  const body = (_: void, { progress }: TaskContext) =>
    Effect.gen(function* () {
      progress(3, 10, "pages")
      yield* Effect.sleep("1 minute")
      progress(10, 10)
    })
  const run = await bed.settle(bed.open().start(alone(task("only", { run: body }))))
  await bed.until(async () => (await run.nodes())[0]?.progress?.done === 3)
  expect(await nodeOf(run, "only")).toMatchObject({ phase: "Running", progress: { done: 3, total: 10, note: "pages" } })
  await bed.ended(run)
  expect(bed.events(run, "NodeProgress").map(({ done, total }) => [done, total])).toEqual([[3, 10], [10, 10]])
})

test("A heartbeat repeats the last progress", async () => {
  const body = (_: void, { heartbeat, progress }: TaskContext) => {
    progress(1, 2, "half")
    heartbeat()
  }
  const { run, bed } = await play(alone(task("only", { run: body })))
  expect(bed.events(run, "NodeProgress")).toMatchObject([{ done: 1, note: "half" }, { done: 1, note: "half" }])
})

test("What a body does after its attempt is over changes nothing", async () => {
  let late: TaskContext | undefined
  const { run, bed } = await play(alone(task("only", {
    run: (_, context) => {
      late = context
    }
  })))
  const before = bed.events(run).length
  late!.progress(1, 1)
  late!.heartbeat()
  await bed.quiet()
  expect(bed.events(run)).toHaveLength(before)
  await expect(late!.call("child", task("child", { run: () => 1 }))).rejects.toBeInstanceOf(RunFailed)
})

test("A scope belongs to the attempt: what it acquired is released when the body ends and before the next attempt", async () => {
  const log: Array<string> = []
  const body = (_: void, { attempt }: TaskContext) =>
    Effect.andThen(
      Effect.acquireRelease(Effect.sync(() => log.push(`open ${attempt}`)), () =>
        Effect.sync(() => log.push(`close ${attempt}`))),
      attempt === 1 ? Effect.die("again") : Effect.void
    )
  await play(alone(task("only", { retry: { limit: 1 }, run: body })))
  expect(log).toEqual(["open 1", "close 1", "open 2", "close 2"])
})
