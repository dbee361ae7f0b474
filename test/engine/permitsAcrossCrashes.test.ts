/** Permits when processes die: who held, who waits, and which attempt it is. */
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { handler, mutex, type RunHandle, Schema, semaphore, task, workflow } from "../../mod.ts"
import { nodeOf, phases, TestBed } from "./TestBed.ts"

const one = mutex("one")

/** A task that works under the mutex for an hour of virtual time, and notes when it does. */
const working = (seen: Array<string>, retries = 0) => {
  const work = task("work", {
    output: Schema.Int,
    permits: [one.take()],
    retry: { limit: retries, backoff: "1 minute" },
    run: (_, { attempt, run }) => {
      seen.push(`${run} begins ${attempt}`)
      return Effect.as(Effect.andThen(Effect.sleep("1 hour"), Effect.sync(() => seen.push(`${run} ends`))), attempt)
    }
  })
  return workflow("working", {}, (w) => w.node("work", work))
}

const waits = (run: RunHandle<unknown>) => async () => (await run.nodes())[0]?.waiting === "Permit"

test("Waiting for its permit again after a crash, a node keeps its attempt through a second crash", async () => {
  const bed = new TestBed()
  const seen: Array<string> = []
  const definition = working(seen)
  const [first, second] = [bed.open({ workflows: [definition] }), bed.open({ workflows: [definition] })]
  await bed.settle(first.start(definition, undefined, { id: "a" }))
  await bed.until(() => seen.includes("a begins 1"))
  const b = await bed.settle(second.start(definition, undefined, { id: "b" }))
  await bed.until(waits(b))
  bed.crash(first)
  // Its permit went to b, which was waiting: a is taken over and now waits for it.
  await bed.until(async () => seen.includes("b begins 1") && waits((await second.get("a"))!)())
  bed.crash(second)
  const third = bed.open({ workflows: [definition] })
  for (const id of ["a", "b"]) {
    const run = (await third.get(id))!
    await bed.ended(run)
    expect(await nodeOf(run, "work")).toMatchObject({ phase: "Succeeded", attempt: 1, reruns: 1, output: 1 })
  }
})

test.each([1, 2, 3, 4])(
  "A node that is cancelled after a take-over before it asks again gives back what its earlier life held (%i)",
  async (seed) => {
    const bed = new TestBed(seed)
    const slots = semaphore("slots", { limit: 2 })
    const hang = { permits: [slots.take()], run: () => Effect.never } as const
    const items = workflow("items", {}, (w) => {
      const item = task("item", { ...hang, onCrash: "fail" })
      const all = w.map("all", [1, 2], item, () => undefined, { failFast: true, concurrency: 2 })
      w.node("after", task("after", { permits: [slots.take(2)], run: () => {} }), { depends: all.errored })
    })
    const first = bed.open({ workflows: [items], parallelism: 1000 })
    const { id } = await bed.settle(first.start(items))
    await bed.until(async () =>
      (await (await first.get(id))!.nodes()).filter(({ phase }) => phase === "Running").length === 3
    )
    bed.crash(first)
    const second = bed.open({ workflows: [items] })
    await bed.ended((await second.get(id))!)
    expect(await phases((await second.get(id))!)).toMatchObject({ all: "Error", after: "Succeeded" })
  }
)

test("What a node holds until its exit handler has ended is free when nobody comes to that handler again", async () => {
  const bed = new TestBed()
  const child = task("child", {
    permits: [one.take()],
    hold: "exit",
    run: () => {},
    onExit: () => Effect.sleep("1 hour")
  })
  const parent = task("parent", { onCrash: "fail", run: (_: void, { call }) => call("child", child) })
  const flow = workflow("flow", {}, (w) => void w.node("parent", parent))
  const again = workflow("again", {}, (w) => void w.node("flow", flow, { retry: { limit: 1 } }))
  const first = bed.open({ workflows: [again] })
  const { id } = await bed.settle(first.start(again))
  await bed.until(async () => (await (await first.get(id))!.nodes()).some(({ path }) => path.endsWith("child.onExit")))
  bed.crash(first)
  const second = bed.open({ workflows: [again] })
  expect(await bed.ended((await second.get(id))!)).toMatchObject({ phase: "Succeeded" })
  expect((await second.locks()).flatMap(({ holders, queue }) => [...holders, ...queue])).toEqual([])
})

test("A run that had begun, and waits for its permits again when its time is over, ends its nodes with their handlers", async () => {
  const bed = new TestBed()
  const seen: Array<string> = []
  const handled: Array<string> = []
  const work = task("work", {
    onExit: () => void handled.push("work"),
    run: (_, { run }) => (seen.push(run), Effect.sleep("1 day"))
  })
  const definition = workflow(
    "working",
    { permits: [one.take()], timeout: "1 hour" },
    (w) => void w.node("work", work)
  )
  const [first, second] = [bed.open({ workflows: [definition] }), bed.open({ workflows: [definition] })]
  await bed.settle(first.start(definition, undefined, { id: "a" }))
  await bed.until(() => seen.includes("a"))
  bed.elapse(1_800_000)
  await bed.settle(second.start(definition, undefined, { id: "b" }))
  // It is in line before the other one dies, or the permit may go back to that one.
  await bed.until(async () => (await second.locks()).some(({ queue }) => queue.length === 1))
  bed.crash(first)
  await bed.until(() => seen.includes("b"))
  const run = (await second.get("a"))!
  expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason: "Timeout" })
  expect(handled).toEqual(["work"])
  expect(seen).toEqual(["a", "b"])
})

test("N7 What waited while its run was suspended takes its permits again before it works", async () => {
  let [working, most] = [0, 0]
  const one = semaphore("one", { limit: 1 })
  const busy = task("busy", {
    permits: [one.take()],
    run: () =>
      Effect.acquireUseRelease(
        Effect.sync(() => most = Math.max(most, ++working)),
        () => Effect.sleep(100),
        () => Effect.sync(() => working--)
      )
  })
  const holder = workflow("holder", {}, (w) => w.node("busy", busy))
  const both = workflow("both", {}, (w) => {
    w.node("a", busy)
    w.node("b", busy)
  })
  const bed = new TestBed()
  const pinnace = bed.open()
  const first = await bed.settle(pinnace.start(holder))
  await bed.quiet()
  const run = await bed.settle(pinnace.start(both))
  await bed.quiet()
  await bed.settle(run.suspend())
  await bed.ended(first)
  await bed.quiet()
  await bed.settle(run.resume())
  await bed.ended(run)
  expect(most).toBe(1)
})

test("The hook of an attempt that waits for a permit goes on after a crash, also when its node has ended", async () => {
  const bed = new TestBed()
  const hour = { permits: [one.take()], run: () => Effect.sleep("1 hour") } as const
  const holder = workflow("holder", {}, (w) => void w.node("hold", task("hold", hour)))
  const flaky = task("flaky", {
    run: (_, { attempt }) => {
      if (attempt === 1) throw new Error("not yet")
    }
  })
  const again = {
    retry: { limit: 1, on: "Always" as const },
    hooks: { retrying: handler(task("tell", hour), () => undefined) }
  }
  const hooked = workflow("hooked", {}, (w) => void w.node("flaky", flaky, again))
  const first = bed.open({ workflows: [holder, hooked] })
  await bed.settle(first.start(holder))
  const { id } = await bed.settle(first.start(hooked))
  await bed.until(async () => {
    const now = await phases((await first.get(id))!)
    return now["flaky"] === "Succeeded" && ["Pending", "Running"].includes(now["flaky.hooks.retrying"] ?? "")
  })
  bed.crash(first)
  const run = (await bed.open({ workflows: [holder, hooked] }).get(id))!
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect((await phases(run))["flaky.hooks.retrying"]).toBe("Succeeded")
})

test("A node with a reused result that is out of time after a crash gives the permit of its key back", async () => {
  const bed = new TestBed()
  const slow = task("slow", { cache: { version: 1 }, run: () => Effect.sleep("1 hour") })
  const inner = workflow("inner", { timeout: "10 minutes" }, (w) => void w.node("slow", slow))
  const outer = workflow("outer", {}, (w) => {
    const a = w.node("inner", inner)
    w.node("slow", slow, { depends: a.failed })
  })
  const first = bed.open({ workflows: [outer] })
  const { id } = await bed.settle(first.start(outer))
  await bed.until(async () => (await phases((await first.get(id))!))["inner/slow"] === "Running")
  bed.crash(first)
  bed.elapse(30 * 60_000)
  const run = (await bed.open({ workflows: [outer] }).get(id))!
  await bed.ended(run)
  expect(await phases(run)).toMatchObject({ "inner/slow": "Failed", slow: "Succeeded" })
})

test("N6 A run that never got its permits in time does not begin after its exit handler, in whichever life", async () => {
  const bed = new TestBed()
  const seen: Array<string> = []
  const work = task("work", { run: (_, { run }) => (seen.push(run), Effect.sleep("1 day")) })
  const late = workflow("late", { permits: [one.take()], timeout: "1 hour" }, (w) => {
    w.node("work", work)
    w.onExit(() => Effect.sleep("1 hour"))
  })
  const holding = workflow("holding", { permits: [one.take()] }, (w) => void w.node("work", work))
  const [first, second] = [bed.open({ workflows: [holding] }), bed.open({ workflows: [late] })]
  await bed.settle(first.start(holding, undefined, { id: "holds" }))
  await bed.until(() => seen.includes("holds"))
  const { id } = await bed.settle(second.start(late, undefined, { id: "late" }))
  await bed.until(async () => (await phases((await second.get(id))!))[".onExit"] === "Running")
  bed.crash(second)
  await bed.settle((await first.get("holds"))!.terminate())
  // Its permit is free now, and the clock is where it was before.
  bed.setClock(-7_200_000)
  const third = bed.open({ workflows: [late] })
  const run = (await bed.settle(third.get(id)))!
  expect(await bed.ended(run)).toMatchObject({
    phase: "Failed",
    reason: "Timeout",
    message: "The run did not get its permits in time (timeout 3600000 ms)"
  })
  expect(seen).toEqual(["holds"])
})

test("A run that was suspended until its time was over gives its permits to what follows it, in whichever life", async () => {
  const bed = new TestBed()
  const seen: Array<string> = []
  const work = task("work", { run: (_, { run }) => void seen.push(run) })
  const told = workflow("told", { permits: [one.take()] }, (w) => void w.node("tell", work))
  const options = { permits: [one.take()], suspended: true, timeout: "1 hour" } as const
  const late = workflow("late", options, (w) => {
    w.node("work", work)
    w.onExit(() => Effect.sleep("1 hour"))
    w.on("failed", handler(told, () => undefined))
  })
  const first = bed.open({ workflows: [late] })
  const { id } = await bed.settle(first.start(late))
  await bed.until(async () => (await phases((await first.get(id))!))[".onExit"] === "Running")
  bed.crash(first)
  const run = (await bed.settle(bed.open({ workflows: [late] }).get(id)))!
  expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason: "Timeout" })
  expect(await phases(run)).toMatchObject({ ".onExit": "Succeeded", ".hooks.failed": "Succeeded" })
  expect(bed.violations(run)).toEqual([])
})
