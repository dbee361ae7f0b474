import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { RunFailed, Schema, task, workflow } from "../../mod.ts"
import type { Task, TaskContext, Workflow } from "../../mod.ts"
import { nodeOf, phases, play, TestBed } from "./TestBed.ts"

class Bad extends Schema.TaggedError<Bad>()("Bad", { n: Schema.Number }) {}

const double = task("double", { input: Schema.Number, output: Schema.Number, run: (n) => n * 2 })
const failing = task("failing", { input: Schema.Number, errors: [Bad], run: (n) => Effect.fail(new Bad({ n })) })

test("A nested workflow has its input, its output and a subtree of its own", async () => {
  const inner = workflow(
    "inner",
    { input: { n: Schema.Number } },
    (w) => w.node("double", double, { input: w.input.n })
  )
  const outer = workflow(
    "outer",
    { input: Schema.Number },
    (w) => w.node("again", double, { input: w.node("sub", inner, { input: { n: w.input } }) })
  )
  const { bed, run } = await new TestBed().play(outer, 3)
  expect(await bed.settle(run.result())).toBe(12)
  expect(await phases(run)).toEqual({ sub: "Succeeded", "sub/double": "Succeeded", again: "Succeeded" })
  expect(await nodeOf(run, "sub")).toMatchObject({ kind: "workflow", input: { n: 3 }, output: 6 })
})

test("A failure inside names the innermost node and reaches the caller typed, through every level", async () => {
  const inner = workflow("inner", { input: Schema.Number }, (w) => w.node("bad", failing, { input: w.input }))
  const middle = workflow("middle", {}, (w) => w.node("inner", inner, { input: 9 }))
  const { bed, ending, run } = await new TestBed().play(workflow("outer", {}, (w) => w.node("middle", middle)))
  expect(await phases(run)).toEqual({ middle: "Failed", "middle/inner": "Failed", "middle/inner/bad": "Failed" })
  expect(ending).toMatchObject({ phase: "Failed", cause: "middle/inner/bad" })
  const error = await bed.rejection(run.result())
  expect(error).toBeInstanceOf(Bad)
  expect(error.n).toBe(9)
})

test("A nested workflow that times out stops what is inside and says so", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const inner = workflow("inner", {}, (w) => void w.node("slow", task("slow", { run: () => Effect.never })))
  const { run } = await bed.play(workflow("outer", {}, (w) => w.node("sub", inner, { timeout: "5 seconds" })))
  expect(bed.now - begin).toBe(5_000)
  expect(await nodeOf(run, "sub")).toMatchObject({ phase: "Failed", reason: "Timeout" })
  expect(await nodeOf(run, "sub/slow")).toMatchObject({ phase: "Failed", reason: "Timeout" })
})

test("The timeout that a workflow sets for itself holds where it is nested", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const inner = workflow(
    "inner",
    { timeout: "5 seconds" },
    (w) => void w.node("slow", task("slow", { run: () => Effect.sleep("1 hour") }))
  )
  const { run } = await bed.play(workflow("outer", {}, (w) => w.node("sub", inner)))
  expect(bed.now - begin).toBe(5_000)
  expect(await nodeOf(run, "sub")).toMatchObject({ phase: "Failed", reason: "Timeout" })
})

test("A nested workflow that timed out is tried again, and the next attempt begins its nodes anew", async () => {
  let calls = 0
  const leaf = task("leaf", { run: () => ++calls === 1 ? Effect.never : Effect.void })
  const inner = workflow("inner", {}, (w) => {
    w.node("after", double, { input: 1, after: [w.node("leaf", leaf)] })
  })
  const run = await play(
    workflow("outer", {}, (w) => void w.node("sub", inner, { timeout: "5 seconds", retry: { limit: 1 } }))
  )
  expect(await phases(run)).toMatchObject({
    sub: "Succeeded",
    "sub/leaf": "Failed",
    "sub#2/leaf": "Succeeded",
    "sub#2/after": "Succeeded"
  })
  expect(calls).toBe(2)
})

test("A run's timeout ends everything in it, and its reason is Timeout", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const slow = task("slow", { run: () => Effect.sleep("1 hour") })
  const one = workflow("outer", { timeout: "1 minute" }, (w) => {
    const first = w.node("first", slow)
    w.node("second", slow, { after: [first] })
  })
  const { ending, run } = await bed.play(one)
  expect(bed.now - begin).toBe(60_000)
  expect(ending).toMatchObject({ phase: "Failed", reason: "Timeout" })
  expect(await nodeOf(run, "first")).toMatchObject({ phase: "Failed", reason: "Timeout" })
})

test("A body starts named children and gets their outputs, as Promises", async () => {
  const parent = task("parent", {
    run: async (_: void, { call }: TaskContext) => {
      const a = await call("a", double, 1)
      const [b, c] = await Promise.all([call("b", double, a), call("c", double, a + 1)])
      return [a, b, c]
    }
  })
  const { bed, run } = await new TestBed().play(workflow("w", {}, (w) => w.node("parent", parent)))
  expect(await bed.settle(run.result())).toEqual([2, 4, 6])
  expect(await phases(run)).toEqual({
    parent: "Succeeded",
    "parent/a": "Succeeded",
    "parent/b": "Succeeded",
    "parent/c": "Succeeded"
  })
})

test("A body starts named children as Effects, workflows too", async () => {
  const inner = workflow("inner", { input: Schema.Number }, (w) => w.node("double", double, { input: w.input }))
  const parent = task("parent", {
    run: (_: void, { effect }: TaskContext) =>
      Effect.all([effect("task", double, 1), effect("graph", inner, 2)], { concurrency: "unbounded" })
  })
  const { bed, run } = await new TestBed().play(workflow("w", {}, (w) => w.node("parent", parent)))
  expect(await bed.settle(run.result())).toEqual([2, 4])
  expect(await phases(run)).toMatchObject({ "parent/graph": "Succeeded", "parent/graph/double": "Succeeded" })
})

test("A task calls itself through a workflow, as deep as the limit says, and goes on after a crash", async () => {
  const step: Task<number, number> = task("step", {
    input: Schema.Number,
    output: Schema.Number,
    run: async (n, { call }) => n === 0 ? 0 : 1 + await call("deeper", down, n - 1)
  })
  const down: Workflow<number, number> = workflow(
    "down",
    { input: Schema.Number },
    (w) => w.node("step", step, { input: w.input })
  )
  const shallow = new TestBed()
  const deep = await shallow.play(down, 4)
  expect(await shallow.settle(deep.run.result())).toBe(4)
  expect(Object.keys(await phases(deep.run))).toContain("step/deeper/step/deeper/step/deeper/step/deeper/step")
  // On a disk of its own: a process with another limit must not take the run over.
  const bed = new TestBed()
  const first = bed.open({ workflows: [down], limits: { depth: 9 } })
  const run = await bed.settle(first.start(down, 20))
  bed.crash(first)
  const second = bed.open({ workflows: [down], limits: { depth: 9 } })
  const ending = await bed.settle((await bed.settle(second.get(run.id)))!.ending())
  expect(ending).toMatchObject({ phase: "Error" })
  expect(ending.message).toContain("end the recursion or raise limits.depth")
})

test("A child's name can be used once in an attempt; the second time is refused with a sentence", async () => {
  const refusals: Array<unknown> = []
  const parent = task("parent", {
    run: async (_: void, { call }: TaskContext) => {
      await call("same", double, 1)
      await call("same", double, 2).catch((error) => refusals.push(error))
    }
  })
  await play(workflow("w", {}, (w) => w.node("parent", parent)))
  expect(refusals[0]).toBeInstanceOf(RunFailed)
  expect(refusals[0]).toMatchObject({ node: "parent/same", message: expect.stringContaining("its own name") })
})

test("A child's failure rejects with its typed error, and the body may go on", async () => {
  const parent = task("parent", {
    run: async (_: void, { call }: TaskContext) => {
      try {
        await call("bad", failing, 5)
        return "went on"
      } catch (error) {
        return error instanceof Bad ? `caught ${error.n}` : "something else"
      }
    }
  })
  const { bed, run } = await new TestBed().play(workflow("w", {}, (w) => w.node("parent", parent)))
  expect(await bed.settle(run.result())).toBe("caught 5")
  expect(await phases(run)).toEqual({ parent: "Succeeded", "parent/bad": "Failed" })
})

test("A child's typed error that the body declares and lets through is the body's own", async () => {
  const parent = task("parent", { errors: [Bad], run: (_: void, { effect }: TaskContext) => effect("bad", failing, 6) })
  const { bed, run } = await new TestBed().play(workflow("w", {}, (w) => w.node("parent", parent)))
  expect(await nodeOf(run, "parent")).toMatchObject({ phase: "Failed", reason: "TaskFailed" })
  expect(await bed.rejection(run.result())).toBeInstanceOf(Bad)
})

test("Children that a body did not wait for end before it does", async () => {
  const never = task("never", { run: () => Effect.never })
  const parent = task("parent", {
    run: async (_: void, { call }: TaskContext) => {
      call("left", never).catch(() => {})
      return "done"
    }
  })
  const { bed, run } = await new TestBed().play(workflow("w", {}, (w) => w.node("parent", parent)))
  expect(await phases(run)).toEqual({ parent: "Succeeded", "parent/left": "Failed" })
  expect(await nodeOf(run, "parent/left")).toMatchObject({ reason: "Stopped" })
  const ends = bed.events(run, "NodeFinished").map(({ path }) => path)
  expect(ends).toEqual(["parent/left", "parent"])
})

test("Interrupting an Effect that waits for a child stops the child", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const never = task("never", { run: () => Effect.never })
  const parent = task("parent", {
    run: (_: void, { effect }: TaskContext) => Effect.asVoid(Effect.timeoutOption(effect("slow", never), "3 seconds"))
  })
  const { run } = await bed.play(workflow("w", {}, (w) => w.node("parent", parent)))
  expect(bed.now - begin).toBe(3_000)
  expect(await phases(run)).toEqual({ parent: "Succeeded", "parent/slow": "Failed" })
  expect((await nodeOf(run, "parent/slow")).reason).toBe("Stopped")
})

test("A child may have a retry and a timeout of its own", async () => {
  const bed = new TestBed()
  const slow = task("slow", {
    run: (_: void, { attempt }) => Effect.as(Effect.sleep(attempt === 1 ? "1 hour" : "1 second"), attempt)
  })
  const parent = task("parent", {
    run: (_: void, { call }: TaskContext) =>
      call("slow", slow, undefined, { retry: { limit: 1 }, timeout: "10 seconds" })
  })
  const { run } = await bed.play(workflow("w", {}, (w) => w.node("parent", parent)))
  expect(await bed.settle(run.result())).toBe(2)
})

test("After a crash a body runs again, and children that had ended answer from the record", async () => {
  const bed = new TestBed()
  const ran: Array<string> = []
  const child = task("child", { input: Schema.String, run: (name) => Effect.sync(() => void ran.push(name)) })
  const parent = task("parent", {
    run: (_: void, { attempt, effect }: TaskContext) =>
      Effect.gen(function* () {
        yield* effect("first", child, "first")
        yield* Effect.sleep("1 minute")
        yield* effect("second", child, "second")
        return attempt
      })
  })
  const one = workflow("w", {}, (w) => w.node("parent", parent))
  const before = bed.open({ workflows: [one] })
  const started = await bed.settle(before.start(one))
  await bed.until(async () => (await phases(started))["parent/first"] === "Succeeded")
  bed.crash(before)
  const run = (await bed.open({ workflows: [one] }).get(started.id))!
  await bed.ended(run)
  expect(await bed.settle(run.result())).toBe(1)
  expect(ran).toEqual(["first", "second"])
})

test("A child that was open when its process died, and that the body does not come to again, ends before the body does", async () => {
  const bed = new TestBed()
  let lives = 0
  const never = task("never", { run: () => Effect.never })
  const parent = task("parent", {
    run: (_: void, { effect }: TaskContext) => ++lives === 1 ? effect("child", never) : Effect.sleep("1 second")
  })
  const one = workflow("w", {}, (w) => void w.node("parent", parent))
  const before = bed.open({ workflows: [one] })
  const { id } = await bed.settle(before.start(one))
  await bed.until(async () => (await phases((await before.get(id))!))["parent/child"] === "Running")
  await bed.quiet()
  bed.crash(before)
  const run = (await bed.open({ workflows: [one] }).get(id))!
  await bed.ended(run)
  expect(await phases(run)).toEqual({ parent: "Succeeded", "parent/child": "Omitted" })
  expect(bed.events(run, "NodeFinished").map(({ path }) => path)).toEqual(["parent/child", "parent"])
})

test("A body that is retried starts its children anew, in the attempt's own subtree", async () => {
  const parent = task("parent", {
    retry: { limit: 1 },
    run: async (_: void, { attempt, call }: TaskContext) => {
      await call("child", double, attempt)
      if (attempt === 1) throw new Error("again")
    }
  })
  const run = await play(workflow("w", {}, (w) => w.node("parent", parent)))
  expect(await phases(run)).toEqual({ parent: "Succeeded", "parent/child": "Succeeded", "parent#2/child": "Succeeded" })
  expect((await nodeOf(run, "parent#2/child")).output).toBe(4)
})
