import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { task, workflow } from "../../mod.ts"
import type { RunHandle, TaskContext } from "../../mod.ts"
import { nodeOf, phases, TestBed } from "./TestBed.ts"

/** A Promise body that ends only when its signal fires, and notes that it did. */
const waits = (seen: Array<string>) => (_: void, { node, signal }: TaskContext): Promise<void> =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => {
      seen.push(node)
      reject(new Error("aborted"))
    })
  })

// A node is Running a moment before its body begins.
const running = async (bed: TestBed, run: RunHandle, path: string): Promise<void> => {
  await bed.until(async () => (await phases(run))[path] === "Running")
  await bed.quiet()
}

test("The signal fires when the attempt times out", async () => {
  const bed = new TestBed()
  const seen: Array<string> = []
  const slow = task("slow", { timeout: "10 seconds", run: waits(seen) })
  const begin = bed.now
  const run = await bed.settle(bed.open().start(workflow("slow", {}, (w) => w.node("slow", slow))))
  await bed.ended(run)
  expect(seen).toEqual(["slow"])
  expect(bed.now - begin).toBe(10_000)
  expect(await nodeOf(run, "slow")).toMatchObject({
    phase: "Failed",
    reason: "Timeout",
    message: expect.stringContaining("10000 ms")
  })
})

for (const [verb, reason] of [["stop", "Stopped"], ["terminate", "Terminated"]] as const) {
  test(`The signal fires on ${verb}, and the node says so`, async () => {
    const bed = new TestBed()
    const seen: Array<string> = []
    const slow = task("slow", { run: waits(seen) })
    const run = await bed.settle(bed.open().start(workflow("slow", {}, (w) => w.node("slow", slow))))
    await running(bed, run, "slow")
    await bed.settle(run[verb]())
    expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason })
    expect(seen).toEqual(["slow"])
    expect(await nodeOf(run, "slow")).toMatchObject({ phase: "Failed", reason })
  })

  test(`An Effect body is interrupted by ${verb} and its finalizers run first`, async () => {
    const bed = new TestBed()
    const seen: Array<string> = []
    const body = () =>
      Effect.ensuring(Effect.never, Effect.andThen(Effect.sleep("3 seconds"), Effect.sync(() => seen.push("released"))))
    const run = await bed.settle(
      bed.open().start(workflow("slow", {}, (w) => w.node("slow", task("slow", { run: body }))))
    )
    await running(bed, run, "slow")
    await bed.settle(run[verb]())
    expect(await phases(run)).toEqual({ slow: "Running" })
    await bed.ended(run)
    expect(seen).toEqual(["released"])
    expect(await nodeOf(run, "slow")).toMatchObject({ phase: "Failed", reason })
  })
}

test("The signal fires when a sibling fails and the workflow fails fast", async () => {
  const bed = new TestBed()
  const seen: Array<string> = []
  const bad = task("bad", { run: () => Effect.andThen(Effect.sleep("1 second"), Effect.die("bad")) })
  const both = workflow("both", { failFast: true }, (w) => {
    w.node("bad", bad)
    w.node("slow", task("slow", { run: waits(seen) }))
  })
  const run = await bed.settle(bed.open().start(both))
  await bed.ended(run)
  expect(seen).toEqual(["slow"])
  expect(await nodeOf(run, "slow")).toMatchObject({ phase: "Failed", reason: "FailFast" })
})

test("A Promise body that ignores its signal is waited for at most as long as limits.abortGrace", async () => {
  const bed = new TestBed()
  const deaf = task("deaf", { run: () => new Promise<void>(() => {}) })
  const pinnace = bed.open({ limits: { abortGrace: 2_000 } })
  const run = await bed.settle(pinnace.start(workflow("deaf", {}, (w) => w.node("deaf", deaf))))
  await running(bed, run, "deaf")
  const begin = bed.now
  await bed.settle(run.terminate())
  await bed.ended(run)
  expect(bed.now - begin).toBe(2_000)
})

test("A signal that is asked for after it fired is aborted already", async () => {
  const bed = new TestBed()
  let context: TaskContext | undefined
  const body = (_: void, given: TaskContext) => {
    context = given
    return new Promise<void>(() => {})
  }
  const pinnace = bed.open({ limits: { abortGrace: 0 } })
  const run = await bed.settle(pinnace.start(workflow("late", {}, (w) => w.node("late", task("late", { run: body })))))
  await running(bed, run, "late")
  await bed.settle(run.terminate())
  await bed.ended(run)
  expect(context!.signal.aborted).toBe(true)
})

test("A body that has ended is not told of a later stop", async () => {
  const bed = new TestBed()
  let signal: AbortSignal | undefined
  const quick = task("quick", {
    run: (_: void, context) => {
      signal = context.signal
    }
  })
  const slow = task("slow", { run: () => Effect.never })
  const chain = workflow("chain", {}, (w) => w.node("slow", slow, { after: [w.node("quick", quick)] }))
  const run = await bed.settle(bed.open().start(chain))
  await running(bed, run, "slow")
  await bed.settle(run.stop())
  await bed.ended(run)
  expect(signal!.aborted).toBe(false)
})
