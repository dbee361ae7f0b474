import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { describe, expect, onTestFinished, test } from "vitest"
import { InvalidInput, open, type RunExists, Schema, task, workflow } from "../../mod.ts"
import { RunIds } from "../../src/engine/life/identity.ts"
import { TestBed } from "./TestBed.ts"
import { removeTree } from "../removeTree.ts"

const ok = task("ok", { run: () => 1 })
const order = workflow("order", {}, (w) => w.node("ok", ok))

const nothing = { findRun: () => Effect.undefined, newest: () => Effect.undefined }

describe("ids of runs", () => {
  test("are in the order of time, also within one millisecond and while the clock is behind", () => {
    let now = 1_767_225_600_000
    const ids = new RunIds({ now: () => now, random: () => 0.9999999999, ...nothing })
    const made = [0, 0, 5, -3_000, 0, 4_000].map((step) => {
      now += step
      return Effect.runSync(ids.next("order", Effect.succeed))
    })
    expect([...made].sort()).toEqual(made)
    expect(new Set(made).size).toBe(made.length)
    expect(made[0]).toMatch(/^order-[0-9a-z]{14}$/)
  })

  test("are never those of a run that is there", () => {
    const taken = new Set<string>()
    for (let n = 0; n < 10; n++) {
      const findRun = (id: string) => Effect.sync(() => taken.has(id) ? id : undefined)
      const newest = () => Effect.succeed({ createdAt: 5 })
      const ids = new RunIds({ now: () => 5, random: () => 0.5, findRun, newest })
      taken.add(Effect.runSync(ids.next("w", Effect.succeed)))
    }
    expect(taken.size).toBe(10)
  })

  test("are looked up only while the file may have one of the same time", () => {
    let now = 5_000
    const asked: Array<number> = []
    const findRun = () => Effect.sync(() => void asked.push(now))
    const newest = () => Effect.succeed({ createdAt: 6_000 })
    const ids = new RunIds({ now: () => now, random: () => 0.5, findRun, newest })
    for (; now <= 9_000; now += 1_000) Effect.runSync(ids.next("w", Effect.succeed))
    expect(asked).toEqual([5_000, 6_000, 7_000])
  })

  test("differ between state files", async () => {
    const [a, b] = await Promise.all([open(":memory:"), open(":memory:")])
    onTestFinished(() => Promise.all([a.close(), b.close()]).then(() => {}))
    expect((await a.start(order)).id).not.toBe((await b.start(order)).id)
  })

  test.each(["", "@latest", "a\nb", "a/b", ".x", "x".repeat(600), 5 as never])("%j is refused", async (id) => {
    const bed = new TestBed()
    expect(await bed.rejection(bed.open().start(order, undefined, { id }))).toBeInstanceOf(InvalidInput)
  })
})

describe("start with an id", () => {
  const input = {
    a: Schema.Number,
    b: Schema.optional(Schema.Number),
    tags: Schema.Record(Schema.String, Schema.Number)
  }
  const one = workflow("one", { input }, (w) => void w.node("ok", ok))

  test("is the same run whatever the order of fields, with undefined fields or without", async () => {
    const bed = new TestBed()
    const pinnace = bed.open()
    const first = await bed.settle(pinnace.start(one, { a: 1, tags: { x: 1, y: 2 } }, { id: "i" }))
    const again = await bed.settle(pinnace.start(one, { tags: { y: 2, x: 1 }, b: undefined, a: 1 }, { id: "i" }))
    expect(again.id).toBe(first.id)
    expect(await pinnace.list()).toHaveLength(1)
  })

  test("tells another input from another workflow, and carries the id", async () => {
    const bed = new TestBed()
    const pinnace = bed.open()
    await bed.settle(pinnace.start(one, { a: 1, tags: {} }, { id: "i" }))
    const input = await bed.rejection(pinnace.start(one, { a: 2, tags: {} }, { id: "i" }))
    const other = await bed.rejection(pinnace.start(order, undefined, { id: "i" }))
    expect(input).toMatchObject({ _tag: "RunExists", id: "i", message: expect.stringContaining("another input") })
    expect(other).toMatchObject({ message: expect.stringContaining('another workflow ("one")') })
    expect(await pinnace.get((other as RunExists).id)).toBeDefined()
  })
})

test("context.key is the same on each attempt, and differs between nodes, runs and files", async () => {
  const directory = mkdtempSync(join(tmpdir(), "pinnace-"))
  onTestFinished(() => removeTree(directory))
  const keys: Array<string> = []
  const pay = task("pay", {
    retry: { limit: 1 },
    run: (_, { attempt, key }) => {
      keys.push(key)
      if (attempt === 1) throw new Error("once more")
    }
  })
  const two = workflow("two", {}, (w) => void w.node("b", pay, { after: [w.node("a", pay)] }))
  for (const file of ["one.db", "two.db"]) {
    const pinnace = await open(join(directory, file))
    for (const id of ["x", "y"]) await (await pinnace.start(two, undefined, { id })).result()
    await pinnace.close()
  }
  expect(keys).toHaveLength(16)
  expect(new Set(keys).size).toBe(8)
  for (let at = 0; at < 16; at += 2) expect(keys[at]).toBe(keys[at + 1])
})
