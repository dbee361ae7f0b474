/** Results that must not be taken for each other, and waits that must end. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { Artifact, check, mutex, type RunHandle, Schema, task, workflow } from "../../mod.ts"
import { memoryStore } from "../../src/store/memory.ts"
import { inputPart } from "../../src/reuse/key.ts"
import { flowOf } from "../reuse/alike/both.ts"
import { phases, TestBed } from "./TestBed.ts"
import { removeTree } from "../removeTree.ts"

test("R5 Functions of one name in different files that are made of the same graph are not reused", async () => {
  const [one, two] = [flowOf("one"), flowOf("two")]
  const { bed, pinnace, ending } = await new TestBed().play(one, undefined)
  expect(ending.output).toBe(1)
  expect((await bed.play(two, undefined, pinnace)).ending.output).toBe(2)
})

test("R4 What tells maps, sets and functions from each other is not lost: they are not keys", async () => {
  const flow = workflow("flow", { input: Schema.Number }, (w) =>
    w.node(
      "n",
      task("keyed", {
        input: Schema.Number,
        output: Schema.Number,
        cache: { version: 1, key: (n) => new Map([["n", n]]) },
        run: (n) => n
      }),
      { input: w.input }
    ))
  const { bed, pinnace } = await new TestBed().play(flow, 1)
  const { ending, run } = await bed.play(flow, 2, pinnace)
  expect(ending.output).toBe(2)
  expect(bed.events(run, "NodeStarted")[0]!.cache).toMatchObject({ off: expect.stringContaining("not JSON") })
})

test("R4 Artifacts stand for what a body sees of them", () => {
  const handle: Artifact = {
    artifact: "a1",
    name: "a.csv",
    kind: "file",
    size: 1,
    sha256: "0".repeat(64),
    mediaType: "text/csv"
  }
  const digest = (value: object) => inputPart({ ...value })[1]
  expect(digest({ ...handle, artifact: "a2" })).toBe(digest(handle))
  expect(digest({ ...handle, name: "b.csv" })).not.toBe(digest(handle))
  const other = { artifact: "x", sha256: "y", kind: "z" }
  expect(digest({ ...other, factor: 2 })).not.toBe(digest({ ...other, factor: 3 }))
})

/** A cached task whose child needs a mutex, and a body that holds the mutex and calls that task. */
const crossed = () => {
  const gpu = mutex("gpu")
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const inner = task("inner", { permits: [gpu.take()], run: () => 1 })
  const shared = task("shared", {
    cache: { version: 1 },
    run: async (_, { call }) => {
      await gate
      return await call("inner", inner)
    }
  })
  const holder = task("holder", { permits: [gpu.take()], run: (_, { call }) => call("shared", shared) })
  return {
    open,
    a: workflow("a", {}, (w) => w.node("shared", shared)),
    b: workflow("b", {}, (w) => w.node("holder", holder))
  }
}

test("Who holds a permit does not wait for a result whose computation needs that permit", async () => {
  const { a, b, open } = crossed()
  const bed = new TestBed()
  const pinnace = bed.open()
  const first = await bed.settle(pinnace.start(a))
  await bed.quiet()
  const second = await bed.settle(pinnace.start(b))
  await bed.quiet()
  open()
  expect((await bed.ended(first)).phase).toBe("Succeeded")
  expect((await bed.ended(second)).phase).toBe("Succeeded")
})

test("R7 A hit of a suspended run is looked for again when it is resumed", async () => {
  let calls = 0
  const write = task("write", {
    output: Artifact,
    cache: { version: 1 },
    run: (_, { artifacts }) => artifacts.putText("a.txt", `text ${++calls}`)
  })
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const caller = task("caller", {
    input: Schema.Boolean,
    output: Artifact,
    run: async (waits, { call }) => {
      if (waits) await gate
      return await call("write", write)
    }
  })
  const flow = workflow("flow", { input: Schema.Boolean }, (w) => w.node("caller", caller, { input: w.input }))
  const bed = new TestBed()
  const pinnace = bed.open({ artifacts: { store: memoryStore() } })
  const first = await bed.play(flow, false, pinnace)
  const run = await bed.settle(pinnace.start(flow, true))
  await bed.until(async () => (await phases(run))["caller"] === "Running")
  await bed.settle(run.suspend())
  open()
  await bed.quiet()
  await bed.settle(pinnace.forget())
  await bed.settle(first.run.delete())
  await bed.settle(pinnace.gc())
  await bed.settle(run.resume())
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(calls).toBe(2)
})

test("A suspended run that was granted a result keeps no other run from it", async () => {
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const slow = task("slow", { cache: { version: 1 }, run: () => gate })
  const flow = workflow("flow", {}, (w) => w.node("slow", slow))
  const bed = new TestBed()
  const pinnace = bed.open()
  const runs: Array<RunHandle<unknown>> = []
  for (const id of ["first", "second", "third"]) {
    runs.push(await bed.settle(pinnace.start(flow, undefined, { id })))
    await bed.quiet()
  }
  await bed.settle(runs[1]!.suspend())
  open()
  expect((await bed.ended(runs[2]!)).phase).toBe("Succeeded")
  await bed.settle(runs[1]!.resume())
  expect((await bed.ended(runs[1]!)).phase).toBe("Succeeded")
})

test("R2 What was changed while a result was computed makes it none of either state", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pinnace-changed-"))
  const file = join(folder, "model.txt")
  writeFileSync(file, "old")
  try {
    const read = task("read", {
      output: Schema.String,
      cache: { version: 1, dependsOn: { files: [file] } },
      run: () => readFileSync(file, "utf8")
    })
    const late = task("late", {
      output: Schema.String,
      cache: { version: 1, dependsOn: { files: [file] } },
      run: () => {
        writeFileSync(file, "new")
        return readFileSync(file, "utf8")
      }
    })
    const flow = workflow("flow", {}, (w) => w.node("late", late))
    const { bed } = await new TestBed().play(flow, undefined)
    expect(bed.disk.memos.size).toBe(0)
    await bed.play(workflow("other", {}, (w) => w.node("read", read)), undefined)
    expect(bed.disk.memos.size).toBe(1)
  } finally {
    removeTree(folder)
  }
})

test("R11 Bounds that were lowered are kept after the next result", async () => {
  const same = task("same", {
    input: Schema.Number,
    output: Schema.Number,
    cache: { version: 1 },
    run: (n) => n
  })
  const flow = workflow("many", { input: Schema.Array(Schema.Number) }, (w) => w.map("all", w.input, same, (n) => n))
  const bed = new TestBed()
  const upTo = (most: number) => Array.from({ length: most }, (_, n) => n)
  await bed.play(flow, upTo(300), bed.open())
  await bed.play(flow, upTo(301), bed.open({ cache: { maxEntries: 50 } }))
  expect(bed.disk.memos.size).toBeLessThanOrEqual(150)
})

test("R5 A variable or a file does not tell closures from each other", () => {
  const scale = (factor: number) =>
    task("scale of", { input: Schema.Number, cache: { dependsOn: { env: ["HOME"] } }, run: (n) => n * factor })
  const both = workflow("both", {}, (w) => ({
    a: w.node("a", scale(2), { input: 1 }),
    b: w.node("b", scale(3), { input: 1 })
  }))
  expect(check(both).map(({ code }) => code)).toContain("cache-ambiguous")
})

test("What works inside of a holder of permits does not wait behind those who want them", async () => {
  const gpu = mutex("gpu")
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const inner = task("inner", { cache: { version: 1 }, permits: [gpu.take()], run: () => 1 })
  const outer = task("outer", {
    cache: { version: 1 },
    permits: [gpu.take()],
    run: async (_, { call }) => {
      await gate
      return await call("inner", inner)
    }
  })
  const bed = new TestBed()
  const pinnace = bed.open()
  const first = await bed.settle(pinnace.start(workflow("first", {}, (w) => w.node("outer", outer))))
  await bed.quiet()
  const second = await bed.settle(pinnace.start(workflow("second", {}, (w) => w.node("inner", inner))))
  await bed.quiet()
  open()
  expect((await bed.ended(first)).phase).toBe("Succeeded")
  expect((await bed.ended(second)).phase).toBe("Succeeded")
})
