import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { Schema, task, workflow } from "../../mod.ts"
import { nodeOf, phases, play, TestBed } from "./TestBed.ts"

class Bad extends Schema.TaggedError<Bad>()("Bad", { item: Schema.Number }) {}

const double = task("double", {
  input: Schema.Number,
  output: Schema.Number,
  run: (n) => Effect.as(Effect.sleep(100 - n), n * 2)
})
const picky = task("picky", {
  input: Schema.Number,
  output: Schema.Number,
  errors: [Bad],
  run: (item) => item % 2 === 1 ? Effect.fail(new Bad({ item })) : Effect.succeed(item)
})

test("The outputs of a map are in the order of its items, whatever finished first", async () => {
  const { bed, run } = await new TestBed().play(workflow("m", {}, (w) => w.map("m", [3, 1, 2], double, (n) => n)))
  expect(await bed.settle(run.result())).toEqual([6, 2, 4])
  expect(await phases(run)).toEqual({ m: "Succeeded", "m[0]": "Succeeded", "m[1]": "Succeeded", "m[2]": "Succeeded" })
})

const ways = [["is passed on as it is", false, 6], ["of what may be reused is read", true, 10]] as const

for (const [by, reused, looks] of ways) {
  test(`The output of a map that its workflow gives ${by}`, async () => {
    let looked = 0
    const counted = Schema.Number.check(Schema.makeFilter((_: number) => {
      looked++
      return true
    }))
    const one = task("one", { output: counted, run: () => 1, ...reused ? { cache: { version: 1 } } : {} })
    const { bed, run } = await new TestBed().play(workflow("m", {}, (w) => w.map("m", [1, 2, 3], one)))
    expect(await bed.settle(run.result())).toEqual([1, 1, 1])
    // Written as each item is computed, and read by whoever asks for the result.
    expect(looked).toBe(looks)
  })
}

test("Items may come from the input or from another node", async () => {
  const list = task("list", { output: Schema.Array(Schema.Number), run: () => [5, 6] })
  const one = workflow("m", { input: { items: Schema.Array(Schema.Number) } }, (w) => ({
    given: w.map("given", w.input.items, double, (n) => n),
    made: w.map("made", w.node("list", list), double, (n) => n)
  }))
  const { bed, run } = await new TestBed().play(one, { items: [1] })
  expect(await bed.settle(run.result())).toEqual({ given: [2], made: [10, 12] })
})

test("Work without input needs no mapping", async () => {
  const { bed, run } = await new TestBed().play(
    workflow("m", {}, (w) => w.map("m", ["a", "b"], task("one", { run: () => 1 })))
  )
  expect(await bed.settle(run.result())).toEqual([1, 1])
})

test("A map's mapping sees the item, its index, what the map needs and the workflow's input", async () => {
  const two = task("two", { run: () => 2 })
  const one = workflow(
    "m",
    { input: Schema.Number },
    (w) =>
      w.map("m", [10, 20], double, (item, index, { two }, input) => item + index + two + input, {
        needs: { two: w.node("two", two) }
      })
  )
  const { bed, run } = await new TestBed().play(one, 1000)
  expect(await bed.settle(run.result())).toEqual([2024, 2046])
})

test("Keys name the items, with whatever characters they have", async () => {
  const cities = ["Oslo", "a/b[c]#1", ""]
  const length = task("length", { input: Schema.String, run: (text) => text.length })
  const run = await play(workflow("m", {}, (w) => w.map("m", cities, length, (city) => city, { key: (city) => city })))
  const items = (await run.nodes()).filter(({ path }) => path !== "m")
  expect(items.every(({ phase }) => phase === "Succeeded")).toBe(true)
  expect(new Set(items.map(({ path }) => path)).size).toBe(3)
  expect(await phases(run)).toMatchObject({ "m[Oslo]": "Succeeded" })
})

test("Two items with the same key end the map in Error and name the key; nothing of it runs", async () => {
  const run = await play(workflow("m", {}, (w) => w.map("m", [1, 1], double, (n) => n, { key: (n) => `k${n}` })))
  expect(await phases(run)).toEqual({ m: "Error" })
  expect(await nodeOf(run, "m")).toMatchObject({ reason: "BadInput", message: expect.stringContaining('"k1"') })
})

test("Items that are no list end the map in Error", async () => {
  const text = task("text", { output: Schema.Array(Schema.Number), run: () => [1] })
  const one = workflow("m", {}, (w) => w.map("m", w.node("text", text).at(0) as never, double, (n: number) => n))
  const run = await play(one)
  expect(await nodeOf(run, "m")).toMatchObject({
    phase: "Error",
    reason: "BadInput",
    message: expect.stringContaining("number")
  })
})

test("A map of no items succeeds with an empty list", async () => {
  const { bed, run } = await new TestBed().play(
    workflow("m", {}, (w) => w.map("m", [] as Array<number>, double, (n) => n))
  )
  expect(await phases(run)).toEqual({ m: "Succeeded" })
  expect(await bed.settle(run.result())).toEqual([])
})

test("concurrency bounds how many items are open at once, and all run", async () => {
  const bed = new TestBed()
  let open = 0
  let most = 0
  const counting = task("counting", {
    input: Schema.Number,
    run: () =>
      Effect.acquireUseRelease(
        Effect.sync(() => void (most = Math.max(most, ++open))),
        () => Effect.sleep("1 second"),
        () => Effect.sync(() => void open--)
      )
  })
  const begin = bed.now
  const items = Array.from({ length: 10 }, (_, index) => index)
  await bed.play(workflow("m", {}, (w) => w.map("m", items, counting, (n) => n, { concurrency: 3 })))
  expect(most).toBe(3)
  expect(bed.now - begin).toBe(4_000)
})

test("By default all items run to their end after one failed, and the map names the first that failed", async () => {
  const run = await play(workflow("m", {}, (w) => w.map("m", [2, 1, 4, 3], picky, (n) => n)))
  expect(await phases(run)).toEqual({
    m: "Failed",
    "m[0]": "Succeeded",
    "m[1]": "Failed",
    "m[2]": "Succeeded",
    "m[3]": "Failed"
  })
  expect(await nodeOf(run, "m")).toMatchObject({ reason: "ChildFailed", message: expect.stringContaining("m[1]") })
})

test("The typed error of an item reaches the caller of the run", async () => {
  const { bed, ending, run } = await new TestBed().play(workflow("m", {}, (w) => w.map("m", [2, 7], picky, (n) => n)))
  expect(ending.cause).toBe("m[1]")
  const error = await bed.rejection(run.result())
  expect(error).toBeInstanceOf(Bad)
  expect(error.item).toBe(7)
})

test("An item in Error decides over one that Failed", async () => {
  const mixed = task("mixed", {
    input: Schema.Number,
    errors: [Bad],
    run: (item) => item === 1 ? Effect.fail(new Bad({ item })) : Effect.die(new Error("broken"))
  })
  const run = await play(workflow("m", {}, (w) => w.map("m", [1, 2], mixed, (n) => n)))
  expect(await nodeOf(run, "m")).toMatchObject({ phase: "Error", reason: "ChildErrored" })
})

test("Items have the retry and the timeout of `item`, the map has its own", async () => {
  const bed = new TestBed()
  const slow = task("slow", {
    input: Schema.Number,
    run: (n, { attempt }) => Effect.sleep(n === 1 && attempt === 1 ? "1 hour" : "1 second")
  })
  const { run } = await bed.play(
    workflow(
      "m",
      {},
      (w) => w.map("m", [0, 1], slow, (n) => n, { item: { timeout: "10 seconds", retry: { limit: 1 } } })
    )
  )
  expect(await phases(run)).toMatchObject({ m: "Succeeded" })
  expect((await nodeOf(run, "m[1]")).attempt).toBe(2)
  expect((await nodeOf(run, "m")).attempt).toBe(1)
})

test("A map retried as a whole runs all its items again in a subtree of its own", async () => {
  let calls = 0
  const flaky = task("flaky", {
    input: Schema.Number,
    run: (n) => {
      calls++
      if (calls <= 2 && n === 2) throw new Error("again")
      return n
    }
  })
  const { bed, run } = await new TestBed().play(
    workflow("m", {}, (w) => w.map("m", [1, 2], flaky, (n) => n, { retry: { limit: 2 } }))
  )
  expect(await phases(run)).toEqual({
    m: "Succeeded",
    "m[0]": "Succeeded",
    "m[1]": "Error",
    "m#2[0]": "Succeeded",
    "m#2[1]": "Succeeded"
  })
  expect(await bed.settle(run.result())).toEqual([1, 2])
})

test("Items of a map may be workflows", async () => {
  const inner = workflow(
    "inner",
    { input: Schema.Number },
    (w) => w.node("twice", double, { input: w.node("once", double, { input: w.input }) })
  )
  const { bed, run } = await new TestBed().play(workflow("m", {}, (w) => w.map("m", [1, 2], inner, (n) => n)))
  expect(await bed.settle(run.result())).toEqual([4, 8])
  expect(await phases(run)).toMatchObject({ "m[1]": "Succeeded", "m[1]/once": "Succeeded", "m[1]/twice": "Succeeded" })
})
