import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { Schema, task, workflow } from "../../mod.ts"
import { nodeOf, phases, TestBed } from "./TestBed.ts"

class Bad extends Schema.TaggedError<Bad>()("Bad", {}) {}

const bad = task("bad", { errors: [Bad], run: () => Effect.andThen(Effect.sleep("1 second"), Effect.fail(new Bad())) })
const slow = (log: Array<string>) =>
  task("slow", {
    run: (_: void, { node }) => Effect.onInterrupt(Effect.sleep("1 hour"), () => Effect.sync(() => void log.push(node)))
  })
const ok = task("ok", { run: () => 1 })

test("A graph that fails fast cancels running siblings, starts nothing more, and names the node that failed", async () => {
  const bed = new TestBed()
  const log: Array<string> = []
  const begin = bed.now
  const inner = workflow("inner", {}, (w) => void w.node("leaf", slow(log)))
  const one = workflow("fast", { failFast: true }, (w) => {
    w.node("bad", bad)
    const first = w.node("first", slow(log))
    w.node("second", ok, { after: [first] })
    w.node("sub", inner)
  })
  const { ending, run } = await bed.play(one)
  expect(bed.now - begin).toBe(1_000)
  expect(log.sort()).toEqual(["first", "sub/leaf"])
  expect(await phases(run)).toMatchObject({ bad: "Failed", first: "Failed", sub: "Failed", "sub/leaf": "Failed" })
  expect((await phases(run))["second"] ?? "Omitted").toBe("Omitted")
  expect((await nodeOf(run, "sub/leaf")).reason).toBe("FailFast")
  expect(ending).toMatchObject({ phase: "Failed", reason: "ChildFailed", cause: "bad", error: { tag: "Bad" } })
})

test("Without failFast the same siblings run to their end", async () => {
  const bed = new TestBed()
  const log: Array<string> = []
  const { run } = await bed.play(workflow("slow", {}, (w) => {
    w.node("bad", bad)
    w.node("first", slow(log))
  }))
  expect(log).toEqual([])
  expect(await phases(run)).toEqual({ bad: "Failed", first: "Succeeded" })
})

test("A failure that is continued on cancels nobody", async () => {
  const bed = new TestBed()
  const log: Array<string> = []
  const { ending } = await bed.play(workflow("fast", { failFast: true }, (w) => {
    w.node("bad", bad, { continueOn: { failed: true } })
    w.node("first", slow(log))
  }))
  expect(log).toEqual([])
  expect(ending.phase).toBe("Succeeded")
})

test("A failure that will be tried again cancels nobody; the last one does", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const log: Array<string> = []
  await bed.play(workflow("fast", { failFast: true }, (w) => {
    w.node("bad", bad, { retry: { limit: 2, backoff: { duration: "10 seconds", factor: 1 } } })
    w.node("first", slow(log))
  }))
  expect(bed.now - begin).toBe(23_000)
  expect(log).toEqual(["first"])
})

test("A map that fails fast cancels its other items, also those that wait to be tried again", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const log: Array<string> = []
  const item = task("item", {
    input: Schema.Number,
    errors: [Bad],
    run: (n, { node }) => {
      if (n === 0) return Effect.andThen(Effect.sleep("5 seconds"), Effect.fail(new Bad()))
      if (n === 1) return Effect.onInterrupt(Effect.sleep("1 hour"), () => Effect.sync(() => void log.push(node)))
      return Effect.die(new Error("again"))
    }
  })
  const { ending, run } = await bed.play(workflow("fast", {}, (w) =>
    void w.map("m", [0, 1, 2, 3], item, (n) => n, {
      failFast: true,
      concurrency: 3,
      item: { retry: { on: "OnError", backoff: "1 hour" } }
    })))
  expect(bed.now - begin).toBe(5_000)
  expect(log).toEqual(["m[1]"])
  expect(await phases(run)).toMatchObject({ m: "Failed", "m[0]": "Failed", "m[1]": "Failed", "m[2]": "Failed" })
  expect((await nodeOf(run, "m[2]")).reason).toBe("FailFast")
  expect((await phases(run))["m[3]"] ?? "Omitted").toBe("Omitted")
  expect(ending.cause).toBe("m[0]")
})

test("Exit handlers of cancelled siblings run", async () => {
  const bed = new TestBed()
  const log: Array<string> = []
  const { run } = await bed.play(workflow("fast", { failFast: true }, (w) => {
    w.node("bad", bad)
    w.node("first", slow([]), {
      onExit: ({ outcome }) => void log.push(`${outcome.phase} ${"reason" in outcome ? outcome.reason : ""}`)
    })
  }))
  expect(log).toEqual(["Failed FailFast"])
  expect(await phases(run)).toMatchObject({ "first.onExit": "Succeeded" })
})

const after = (seconds: number) =>
  task(`after${seconds}`, { run: () => Effect.as(Effect.sleep(seconds * 1_000), seconds) })

test("With hold a failure lets those that run end, and begins nothing more", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const { ending, run } = await bed.play(workflow("hold", { failFast: "hold" }, (w) => {
    w.node("bad", bad)
    const first = w.node("first", after(10))
    w.node("second", ok, { after: [first] })
  }))
  expect(bed.now - begin).toBe(10_000)
  expect(await phases(run)).toMatchObject({ bad: "Failed", first: "Succeeded" })
  expect((await phases(run))["second"] ?? "Omitted").toBe("Omitted")
  expect(ending).toMatchObject({ phase: "Failed", reason: "ChildFailed", cause: "bad", error: { tag: "Bad" } })
})

test("A map that holds begins no item after a failure, also after its process died", async () => {
  const bed = new TestBed()
  const item = task("item", {
    input: Schema.Number,
    errors: [Bad],
    run: (n: number) => Effect.andThen(Effect.sleep(n * 1_000), n === 1 ? Effect.fail(new Bad()) : Effect.succeed(n))
  })
  const one = workflow(
    "items",
    {},
    (w) => void w.map("all", [1, 20, 3, 4], item, (n) => n, { concurrency: 2, failFast: "hold" })
  )
  const first = bed.open()
  const begun = await bed.settle(first.start(one))
  await bed.until(async () => (await phases(begun))["all[0]"] === "Failed")
  bed.crash(first)
  const run = (await bed.open({ workflows: [one] }).get(begun.id))!
  await bed.ended(run)
  expect(await phases(run)).toMatchObject({ all: "Failed", "all[0]": "Failed", "all[1]": "Succeeded" })
  expect((await phases(run))["all[2]"] ?? "Omitted").toBe("Omitted")
})
