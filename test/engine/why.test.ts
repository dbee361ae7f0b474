import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { Schema, task, workflow } from "../../mod.ts"
import type { RunHandle, Workflow } from "../../mod.ts"
import { phases, TestBed } from "./TestBed.ts"

const never = task("never", { run: () => Effect.never })
const ok = task("ok", { run: () => 1 })

const begin = async (one: Workflow, path: string, options: Parameters<TestBed["open"]>[0] = {}) => {
  const bed = new TestBed()
  const run: RunHandle = await bed.settle(bed.open(options).start(one))
  await bed.until(async () => (await phases(run))[path] === "Running")
  await bed.quiet()
  return { bed, run }
}

test("A node that waits for others tells the whole chain down to what is really running", async () => {
  const { run } = await begin(
    workflow("chain", {}, (w) => {
      const a = w.node("a", never)
      const b = w.node("b", ok, { after: [a] })
      w.node("c", ok, { after: [b] })
    }),
    "a"
  )
  expect(await run.why("c")).toEqual([
    { path: "c", because: "it waits for b", cause: "b" },
    { path: "b", because: "it waits for a", cause: "a" },
    { path: "a", kind: "running", because: "it is running (attempt 1)" }
  ])
})

test("The chain goes into a nested workflow or a map, to the node inside that keeps it open", async () => {
  const inner = workflow("inner", {}, (w) => void w.suspend("ask"))
  const { run } = await begin(
    workflow("outer", {}, (w) => {
      const sub = w.node("sub", inner)
      const m = w.map("m", [1], never, () => undefined)
      w.node("c", ok, { after: [sub, m] })
    }),
    "m[0]"
  )
  const chain = await run.why("c")
  expect(chain.map(({ path }) => path)).toEqual(expect.arrayContaining(["c", "sub", "sub/ask", "m", "m[0]"]))
  expect(chain.find(({ path }) => path === "sub/ask")?.because).toBe("it waits for a signal")
  expect((await run.why("sub")).map(({ path }) => path)).toContain("sub/ask")
})

test("A node that could begin but has no slot says so", async () => {
  const { run } = await begin(
    workflow("slots", {}, (w) => {
      w.node("a", never)
      w.node("b", ok)
    }),
    "a",
    { parallelism: 1 }
  )
  expect(await run.why("b")).toEqual([{ path: "b", because: expect.stringContaining("slot") }])
})

test("Nodes inside a nested workflow that has not begun wait for what it waits for", async () => {
  const inner = workflow("inner", {}, (w) => void w.node("leaf", ok))
  const { run } = await begin(
    workflow("outer", {}, (w) => void w.node("sub", inner, { after: [w.node("a", never)] })),
    "a"
  )
  const chain = await run.why("sub/leaf")
  expect(chain.map(({ path }) => path)).toEqual(["sub/leaf", "sub", "a"])
})

test("A run tells every open leaf; a suspended, stopping or ended run tells that instead", async () => {
  const { bed, run } = await begin(
    workflow("two", {}, (w) => {
      w.node("a", never)
      w.suspend("ask")
      w.onExit(() => Effect.sleep("1 minute"))
    }),
    "a"
  )
  expect((await run.why()).map(({ path }) => path).sort()).toEqual(["a", "ask"])
  await bed.settle(run.suspend())
  expect(await run.why()).toEqual([{ path: "", because: expect.stringContaining("suspended") }])
  await bed.settle(run.stop())
  expect((await run.why())[0]).toMatchObject({ path: "", because: expect.stringContaining("ending (stop)") })
  await bed.ended(run)
  expect(await run.why()).toEqual([{ path: "", because: expect.stringContaining("ended Failed") }])
})

test.each([[false, "open nodes end at once"], [true, "what it did is undone first"]])(
  "A run that is being terminated says what comes first (compensate: %s)",
  async (compensate, first) => {
    const slow = task("slow", { run: () => Effect.uninterruptible(Effect.sleep("1 minute")) })
    const { bed, run } = await begin(workflow("slow", {}, (w) => void w.node("slow", slow)), "slow")
    await bed.settle(run.terminate({ compensate }))
    expect(await run.why()).toEqual([{ path: "", because: `it is being terminated; ${first}` }])
    await bed.ended(run)
  }
)

test("An ended node tells its phase and message", async () => {
  const bed = new TestBed()
  const bad = task("bad", { run: () => Effect.die(new Error("no luck")) })
  const { run } = await bed.play(workflow("ended", {}, (w) => {
    const b = w.node("b", bad)
    w.node("c", ok, { after: [b] })
  }))
  expect((await run.why("b"))[0]?.because).toMatch(/^it ended Error: .*no luck/)
  expect((await run.why("c"))[0]?.because).toMatch(/^it ended Omitted: /)
})

test("A name that no node has is told as such, without an error", async () => {
  const { run } = await begin(workflow("one", {}, (w) => void w.node("a", never)), "a")
  expect(await run.why("nobody")).toEqual([{
    path: "nobody",
    kind: "unknown",
    because: expect.stringContaining("its definition does not name it")
  }])
})

test("A map's items that wait for their turn say so", async () => {
  const each = task("each", { input: Schema.Number, run: () => Effect.never })
  const { run } = await begin(
    workflow("m", {}, (w) => void w.map("m", [1, 2], each, (n) => n, { concurrency: 1 })),
    "m[0]"
  )
  expect(await run.why("m[1]")).toEqual([{
    path: "m[1]",
    because: expect.stringMatching(/waits for .*(slot|turn|concurrency)/)
  }])
})
